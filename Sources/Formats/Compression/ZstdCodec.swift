internal import CCompression
import Records

/// Zstandard frames (RFC 8878), with a context for each direction that is made when first used.
final class ZstdCodec {
    private var compressor: OpaquePointer?
    private var decompressor: OpaquePointer?

    deinit {
        ZSTD_freeCCtx(compressor)
        ZSTD_freeDCtx(decompressor)
    }

    func compress(_ payload: UnsafeRawBufferPointer, into out: OutputBuffer) throws(CompressionError) {
        if compressor == nil { compressor = ZSTD_createCCtx() }
        let bound = ZSTD_compressBound(payload.count)
        guard let compressor, ZSTD_isError(bound) == 0 else { throw .libraryFailure(.zstd) }
        let count = ZSTD_compress2(compressor, out.reserve(bound), bound, payload.baseAddress, payload.count)
        guard ZSTD_isError(count) == 0 else { throw .libraryFailure(.zstd) }
        out.commit(count)
    }

    func decompress(
        _ compressed: UnsafeRawBufferPointer, maximum: Int, into out: OutputBuffer
    ) throws(CompressionError) {
        if decompressor == nil { decompressor = ZSTD_createDCtx() }
        guard let decompressor else { throw .libraryFailure(.zstd) }
        // The library itself refuses windows of more than 128 MiB.
        guard ZSTD_isError(ZSTD_DCtx_reset(decompressor, ZSTD_reset_session_only)) == 0 else {
            throw .libraryFailure(.zstd)
        }
        var input = ZSTD_inBuffer(src: compressed.baseAddress, size: compressed.count, pos: 0)
        var produced = 0
        while true {
            let room = PayloadCompressor.room(after: produced, compressed: compressed.count, maximum: maximum)
            var output = ZSTD_outBuffer(dst: out.reserve(room), size: room, pos: 0)
            let before = input.pos
            let hint = ZSTD_decompressStream(decompressor, &output, &input)
            guard ZSTD_isError(hint) == 0 else { throw .malformed(.zstd) }
            out.commit(output.pos)
            produced += output.pos
            guard produced <= maximum else { throw .tooLarge(maximum: maximum) }
            if hint == 0 {
                guard input.pos == input.size else { throw .malformed(.zstd) }
                return
            }
            guard output.pos > 0 || input.pos > before else { throw .malformed(.zstd) }
        }
    }
}
