/// Why bytes were not compressed or decompressed; never the bytes.
public enum CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes are not exactly one frame, member or block of the algorithm.
    case malformed(Compression)
    /// They would decompress to more than `maximum` bytes.
    case tooLarge(maximum: Int)
    /// A library failed, such as for want of memory.
    case libraryFailure(Compression)

    /// One sentence.
    public var description: String {
        switch self {
        case .malformed(let compression): "the payload is not what \(compression.rawValue) compresses to"
        case .tooLarge(let maximum): "the payload decompresses to more than \(maximum) bytes"
        case .libraryFailure(let compression): "the \(compression.rawValue) library failed"
        }
    }
}
