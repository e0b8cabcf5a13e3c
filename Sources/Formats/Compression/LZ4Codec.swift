internal import CCompression
import Records

/// LZ4 frames, with a context for each direction that is made when first used.
final class LZ4Codec {
    private var compressor: OpaquePointer?
    private var decompressor: OpaquePointer?

    deinit {
        LZ4F_freeCompressionContext(compressor)
        LZ4F_freeDecompressionContext(decompressor)
    }

    func compress(_ payload: UnsafeRawBufferPointer, into out: OutputBuffer) throws(CompressionError) {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.contentSize = UInt64(payload.count)
        preferences.frameInfo.contentChecksumFlag = LZ4F_noContentChecksum
        let context = try readyCompressor()
        let bound = LZ4F_compressFrameBound(payload.count, &preferences)
        let start = out.reserve(bound)
        let begun = LZ4F_compressBegin(context, start, bound, &preferences)
        guard LZ4F_isError(begun) == 0 else { throw .libraryFailure(.lz4) }
        let body = LZ4F_compressUpdate(context, start + begun, bound - begun, payload.baseAddress, payload.count, nil)
        guard LZ4F_isError(body) == 0 else { throw .libraryFailure(.lz4) }
        let end = LZ4F_compressEnd(context, start + begun + body, bound - begun - body, nil)
        guard LZ4F_isError(end) == 0 else { throw .libraryFailure(.lz4) }
        out.commit(begun + body + end)
    }

    func decompress(
        _ compressed: UnsafeRawBufferPointer, maximum: Int, into out: OutputBuffer
    ) throws(CompressionError) {
        let context = try readyDecompressor()
        guard let start = compressed.baseAddress else { throw .malformed(.lz4) }
        var consumed = 0
        var produced = 0
        while true {
            var room = PayloadCompressor.room(after: produced, compressed: compressed.count, maximum: maximum)
            var taken = compressed.count - consumed
            let target = out.reserve(room)
            let hint = LZ4F_decompress(context, target, &room, start + consumed, &taken, nil)
            guard LZ4F_isError(hint) == 0 else { throw .malformed(.lz4) }
            out.commit(room)
            produced += room
            consumed += taken
            guard produced <= maximum else { throw .tooLarge(maximum: maximum) }
            if hint == 0 {
                guard consumed == compressed.count else { throw .malformed(.lz4) }
                return
            }
            guard room > 0 || taken > 0 else { throw .malformed(.lz4) }
        }
    }

    private func readyCompressor() throws(CompressionError) -> OpaquePointer {
        if let compressor { return compressor }
        guard LZ4F_isError(LZ4F_createCompressionContext(&compressor, UInt32(LZ4F_VERSION))) == 0, let compressor
        else { throw .libraryFailure(.lz4) }
        return compressor
    }

    private func readyDecompressor() throws(CompressionError) -> OpaquePointer {
        if let decompressor {
            LZ4F_resetDecompressionContext(decompressor)
            return decompressor
        }
        guard LZ4F_isError(LZ4F_createDecompressionContext(&decompressor, UInt32(LZ4F_VERSION))) == 0,
            let decompressor
        else { throw .libraryFailure(.lz4) }
        return decompressor
    }
}
