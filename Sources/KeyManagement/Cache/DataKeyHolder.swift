import Records

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a worker keeps of a data key: a `Sealer` or an `Opener`.
protocol DataKeyHolder: AnyObject {
    var shared: SharedDataKey { get }
    /// Of the name it is looked up by.
    var hash: Int { get }
    /// When it was last handed out, in milliseconds.
    var lastUsed: Int64 { get }
    /// Whether no further record may use it.
    func isOver(now: Int64) -> Bool
}

extension DataKeyHolder {
    /// Whether it is the one of this name; allocates nothing.
    func isNamed(_ name: DataKeyName) -> Bool {
        shared.dataKey.algorithm == name.algorithm && Self.equal(shared.request.kek, name.kek)
            && Self.equal(shared.request.topic, name.topic) && Self.equal(shared.request.edek, name.edek)
    }

    private static func equal(_ mine: [UInt8], _ theirs: UnsafeRawBufferPointer) -> Bool {
        guard mine.count == theirs.count else { return false }
        guard let start = theirs.baseAddress, mine.count > 0 else { return true }
        return mine.withUnsafeBytes { memcmp($0.baseAddress!, start, mine.count) } == 0
    }
}
