import Records

/// Compresses and decompresses whole payloads, with libraries' contexts that are kept from payload to payload.
///
/// Not thread-safe: a transform owns one.
public final class PayloadCompressor {
    private let gzip = GzipCodec()
    private let lz4 = LZ4Codec()
    private let zstd = ZstdCodec()

    /// Makes a compressor; contexts are made when first used.
    public init() {}

    /// Appends `payload` to `out` as `compression` says.
    ///
    /// - Throws: `libraryFailure`.
    public func compress(
        _ payload: UnsafeRawBufferPointer, by compression: Compression, into out: OutputBuffer
    ) throws(CompressionError) {
        switch compression {
        case .none: out.append(payload)
        case .gzip: try gzip.compress(payload, into: out)
        case .snappy: try SnappyCodec.compress(payload, into: out)
        case .lz4: try lz4.compress(payload, into: out)
        case .zstd: try zstd.compress(payload, into: out)
        }
    }

    /// Appends what `compressed` was made of to `out`.
    ///
    /// - Parameter maximum: the most bytes to append; no more memory is taken for them.
    /// - Throws: `malformed`, where bytes follow the compressed ones too, `tooLarge`, `libraryFailure`. What was appended
    ///   is then worthless.
    public func decompress(
        _ compressed: UnsafeRawBufferPointer, by compression: Compression, maximum: Int, into out: OutputBuffer
    ) throws(CompressionError) {
        // So that no sum overflows; Kafka carries nothing larger.
        let maximum = min(max(0, maximum), Int(Int32.max))
        switch compression {
        case .none:
            guard compressed.count <= maximum else { throw .tooLarge(maximum: maximum) }
            out.append(compressed)
        case .gzip: try gzip.decompress(compressed, maximum: maximum, into: out)
        case .snappy: try SnappyCodec.decompress(compressed, maximum: maximum, into: out)
        case .lz4: try lz4.decompress(compressed, maximum: maximum, into: out)
        case .zstd: try zstd.decompress(compressed, maximum: maximum, into: out)
        }
    }

    /// How many bytes to make room for next, `produced` of at most `maximum` being there: one more than allowed shows that
    /// there are too many. Doubling keeps a small frame that claims much from taking much.
    static func room(after produced: Int, compressed: Int, maximum: Int) -> Int {
        min(max(produced, compressed, 1024) &* 2, maximum - produced + 1)
    }
}
