internal import CCompression
import Records

/// Raw Snappy blocks, which keep no context.
enum SnappyCodec {
    static func compress(_ payload: UnsafeRawBufferPointer, into out: OutputBuffer) throws(CompressionError) {
        var count = snappy_max_compressed_length(payload.count)
        let start = out.reserve(count).assumingMemoryBound(to: CChar.self)
        let input = payload.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard snappy_compress(input, payload.count, start, &count) == SNAPPY_OK else {
            throw .libraryFailure(.snappy)
        }
        out.commit(count)
    }

    static func decompress(
        _ compressed: UnsafeRawBufferPointer, maximum: Int, into out: OutputBuffer
    ) throws(CompressionError) {
        let input = compressed.baseAddress?.assumingMemoryBound(to: CChar.self)
        var count = 0
        guard compressed.count > 0, snappy_uncompressed_length(input, compressed.count, &count) == SNAPPY_OK,
            snappy_validate_compressed_buffer(input, compressed.count) == SNAPPY_OK
        else { throw .malformed(.snappy) }
        guard count <= maximum else { throw .tooLarge(maximum: maximum) }
        let start = out.reserve(count).assumingMemoryBound(to: CChar.self)
        guard snappy_uncompress(input, compressed.count, start, &count) == SNAPPY_OK else {
            throw .malformed(.snappy)
        }
        out.commit(count)
    }
}
