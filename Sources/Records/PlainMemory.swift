extension UnsafePointer {
    /// Memory of its own with a copy of `elements`, whose type must need no clean-up; `deallocate` frees it.
    ///
    /// What plans and forms are made of lies in such memory and in no arrays, so that a record counts no references.
    public init(copying elements: [Pointee]) {
        let copy = UnsafeMutableBufferPointer<Pointee>.allocate(capacity: max(elements.count, 1))
        _ = copy.initialize(from: elements)
        self.init(copy.baseAddress.unsafelyUnwrapped)
    }
}
