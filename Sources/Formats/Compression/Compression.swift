/// How a whole payload is compressed before it is sealed; the names are those of the wire format.
public enum Compression: String, CaseIterable, Sendable {
    /// Not at all.
    case none
    /// One gzip member (RFC 1952).
    case gzip
    /// One raw Snappy block, without a stream's framing.
    case snappy
    /// One LZ4 frame.
    case lz4
    /// One Zstandard frame (RFC 8878).
    case zstd
}
