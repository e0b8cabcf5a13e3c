internal import CMemory

extension UnsafeRawBufferPointer {
    /// Has these bytes brought near the processor while something else is worked on first: up to 2 KiB, after which
    /// processors see for themselves where a reader is going.
    public func prefetch() {
        guard let start = baseAddress else { return }
        for offset in stride(from: 0, to: Swift.min(count, 2048), by: 64) { fieldseal_prefetch(start + offset) }
    }
}
