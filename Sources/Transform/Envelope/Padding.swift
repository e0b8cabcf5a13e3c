import Records

/// Padding by 0x80 and then 0x00 up to a multiple of the block (ISO/IEC 7816-4), so that a length tells less of a value.
enum Padding {
    /// Replaces what `out` holds by `content`, padded to a multiple of `block` bytes; by `content` alone where `block` is 0.
    static func pad(_ content: UnsafeRawBufferPointer, to block: Int, into out: OutputBuffer) {
        out.removeAll()
        out.append(content)
        guard block > 0 else { return }
        let padded = (content.count / block + 1) * block
        let zeros = padded - content.count - 1
        let end = out.reserve(zeros + 1)
        end.storeBytes(of: 0x80, as: UInt8.self)
        (end + 1).initializeMemory(as: UInt8.self, repeating: 0, count: zeros)
        out.commit(zeros + 1)
    }

    /// How many of the `padded` bytes are content, or nil where the padding is not what `pad` writes.
    static func contentCount(of padded: UnsafeRawBufferPointer, block: Int) -> Int? {
        guard block > 0 else { return padded.count }
        guard padded.count > 0, padded.count % block == 0 else { return nil }
        var position = padded.count - 1
        let lowest = padded.count - block
        while position > lowest, padded[position] == 0 { position -= 1 }
        return padded[position] == 0x80 ? position : nil
    }
}
