/// The 32 bytes of a SHA-256 digest, as a value that needs no allocation.
public struct SHA256Digest: Hashable, Sendable {
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let third: UInt64
    @usableFromInline let fourth: UInt64

    /// Length in bytes.
    public static let count = 32

    /// Takes the digest's bytes as they lie in memory.
    init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (first, second, third, fourth) = words
    }

    /// Lends the bytes to `body`, which must not keep them.
    @inlinable
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try Swift.withUnsafeBytes(of: self, body)
    }
}
