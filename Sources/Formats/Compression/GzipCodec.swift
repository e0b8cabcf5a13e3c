internal import CCompression
import Records

/// gzip members (RFC 1952) by zlib, whose two streams are made when first used and then reset.
final class GzipCodec {
    /// zlib's "15 bits of window" and "a gzip header and trailer".
    private static let windowBits: Int32 = 15 + 16

    private var deflater: UnsafeMutablePointer<z_stream>?
    private var inflater: UnsafeMutablePointer<z_stream>?

    deinit {
        if let deflater {
            deflateEnd(deflater)
            deflater.deallocate()
        }
        if let inflater {
            inflateEnd(inflater)
            inflater.deallocate()
        }
    }

    func compress(_ payload: UnsafeRawBufferPointer, into out: OutputBuffer) throws(CompressionError) {
        let stream = try readyDeflater()
        guard let count = UInt32(exactly: payload.count) else { throw .libraryFailure(.gzip) }
        let bound = deflateBound(stream, UInt(payload.count))
        guard let room = UInt32(exactly: bound) else { throw .libraryFailure(.gzip) }
        feed(payload, count, to: stream)
        stream.pointee.next_out = out.reserve(Int(bound)).assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = room
        guard deflate(stream, Z_FINISH) == Z_STREAM_END else { throw .libraryFailure(.gzip) }
        out.commit(Int(room - stream.pointee.avail_out))
    }

    func decompress(
        _ compressed: UnsafeRawBufferPointer, maximum: Int, into out: OutputBuffer
    ) throws(CompressionError) {
        let stream = try readyInflater()
        guard let count = UInt32(exactly: compressed.count) else { throw .malformed(.gzip) }
        feed(compressed, count, to: stream)
        var produced = 0
        while true {
            let wanted = PayloadCompressor.room(after: produced, compressed: compressed.count, maximum: maximum)
            let room = UInt32(clamping: min(wanted, 1 << 30))
            stream.pointee.next_out = out.reserve(Int(room)).assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = room
            let code = inflate(stream, Z_NO_FLUSH)
            let written = Int(room - stream.pointee.avail_out)
            out.commit(written)
            produced += written
            guard produced <= maximum else { throw .tooLarge(maximum: maximum) }
            switch code {
            case Z_STREAM_END:
                guard stream.pointee.avail_in == 0 else { throw .malformed(.gzip) }
                return
            case Z_OK where written > 0: continue
            case Z_MEM_ERROR: throw .libraryFailure(.gzip)
            default: throw .malformed(.gzip)
            }
        }
    }

    private func feed(_ bytes: UnsafeRawBufferPointer, _ count: UInt32, to stream: UnsafeMutablePointer<z_stream>) {
        // zlib does not write to its input, whatever the C type says.
        stream.pointee.next_in = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?
            .assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = count
    }

    private func readyDeflater() throws(CompressionError) -> UnsafeMutablePointer<z_stream> {
        if let deflater {
            guard deflateReset(deflater) == Z_OK else { throw .libraryFailure(.gzip) }
            return deflater
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard fieldseal_deflate_init(stream, Z_DEFAULT_COMPRESSION, Self.windowBits) == Z_OK else {
            stream.deallocate()
            throw .libraryFailure(.gzip)
        }
        deflater = stream
        return stream
    }

    private func readyInflater() throws(CompressionError) -> UnsafeMutablePointer<z_stream> {
        if let inflater {
            guard inflateReset(inflater) == Z_OK else { throw .libraryFailure(.gzip) }
            return inflater
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard fieldseal_inflate_init(stream, Self.windowBits) == Z_OK else {
            stream.deallocate()
            throw .libraryFailure(.gzip)
        }
        inflater = stream
        return stream
    }
}
