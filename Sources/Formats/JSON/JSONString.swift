import Records

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The content of a string's token: RFC 8259, section 7.
public enum JSONString {
    /// The content of `token` as it lies there, where it has quotes around it and nothing to unescape; else nil.
    ///
    /// Borrows from `token`.
    public static func plainContent(_ token: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let content = quoted(token), !hasEscape(content) else { return nil }
        return content
    }

    /// Appends the content of `token`, quotes taken off and escapes undone, as UTF-8.
    ///
    /// - Parameters:
    ///   - token: a string as a scanner or reader delivered it, its quotes included.
    ///   - out: where the bytes go; it may not be the buffer that holds `token`.
    /// - Returns: whether `token` is a string with valid escapes; where it is not, `out` is left as it was.
    public static func unescape(_ token: UnsafeRawBufferPointer, into out: OutputBuffer) -> Bool {
        guard let content = quoted(token) else { return false }
        guard let text = JSONText(content) else { return true }
        return appendContent(of: text, to: out)
    }

    /// Appends the content that `text` spans, without quotes, escapes undone.
    static func appendContent(of text: JSONText, to out: OutputBuffer) -> Bool {
        // An escape is never shorter than the character it stands for, so this is room enough.
        let base = out.reserve(text.end - text.start).assumingMemoryBound(to: UInt8.self)
        var written = 0
        var position = text.start
        while position < text.end {
            let byte = position.pointee
            guard byte == UInt8(ascii: "\\") else {
                base[written] = byte
                written += 1
                position += 1
                continue
            }
            guard let (scalar, end) = try? text.escape(position) else { return false }
            written += encode(scalar, at: base + written)
            position = end
        }
        out.commit(written)
        return true
    }

    /// Writes a character as UTF-8 and returns how many bytes it took.
    private static func encode(_ scalar: UInt32, at out: UnsafeMutablePointer<UInt8>) -> Int {
        func trail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar >> shift & 0x3F) }
        switch scalar {
        case 0..<0x80:
            out[0] = UInt8(scalar)
            return 1
        case 0x80..<0x800:
            out[0] = 0xC0 | UInt8(truncatingIfNeeded: scalar >> 6)
            out[1] = trail(0)
            return 2
        case 0x800..<0x10000:
            out[0] = 0xE0 | UInt8(truncatingIfNeeded: scalar >> 12)
            out[1] = trail(6)
            out[2] = trail(0)
            return 3
        default:
            out[0] = 0xF0 | UInt8(truncatingIfNeeded: scalar >> 18)
            out[1] = trail(12)
            out[2] = trail(6)
            out[3] = trail(0)
            return 4
        }
    }

    private static func hasEscape(_ content: UnsafeRawBufferPointer) -> Bool {
        guard let start = content.baseAddress else { return false }
        return memchr(start, Int32(UInt8(ascii: "\\")), content.count) != nil
    }

    private static func quoted(_ token: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let quote = UInt8(ascii: "\"")
        guard token.count >= 2, token[0] == quote, token[token.count - 1] == quote else { return nil }
        return UnsafeRawBufferPointer(rebasing: token[1..<(token.count - 1)])
    }
}
