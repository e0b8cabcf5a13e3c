import Records

/// Padding by 0x80 and then 0x00 up to a multiple of the block (ISO/IEC 7816-4), so that a length tells less of a value.
enum Padding {
    /// Replaces what `out` holds by `content`, padded to a multiple of `block` bytes; by `content` alone where `block` is 0.
    static func pad(_ content: UnsafeRawBufferPointer, to block: Int, into out: OutputBuffer) {
        out.removeAll()
        guard block > 0 else { return out.append(content) }
        let isPowerOfTwo = block & (block &- 1) == 0
        let rest = isPowerOfTwo ? content.count & (block &- 1) : content.count % block
        let padded = content.count &- rest &+ block
        let start = out.reserve(padded)
        // The whole last block first: to fill only what the content leaves of it would be guessed wrong each time.
        (start + padded - block).initializeMemory(as: UInt8.self, repeating: 0, count: block)
        if let bytes = content.baseAddress { start.copyMemory(from: bytes, byteCount: content.count) }
        start.storeBytes(of: 0x80, toByteOffset: content.count, as: UInt8.self)
        out.commit(padded)
    }

    /// How many of the `padded` bytes are content, or nil where the padding is not what `pad` writes.
    static func contentCount(of padded: UnsafeRawBufferPointer, block: Int) -> Int? {
        guard block > 0 else { return padded.count }
        guard padded.count > 0, padded.count % block == 0 else { return nil }
        var end = padded.count
        let lowest = padded.count - block
        // Eight bytes at once: how many zeros there are would be guessed wrong each time.
        while end - lowest >= 8 {
            let word = UInt64(littleEndian: padded.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self))
            guard word == 0 else {
                let last = end - 1 - word.leadingZeroBitCount / 8
                return padded[last] == 0x80 ? last : nil
            }
            end -= 8
        }
        while end > lowest {
            end -= 1
            guard padded[end] == 0 else { return padded[end] == 0x80 ? end : nil }
        }
        return nil
    }
}
