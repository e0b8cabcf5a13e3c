import Records

/// Base64 for URLs without padding (RFC 4648, section 5), as JSON Web Tokens and Azure write it.
enum Base64URL {
    /// Appends the text of `bytes` to `out`.
    static func encode(_ bytes: UnsafeRawBufferPointer, to out: OutputBuffer) {
        let standard = OutputBuffer(capacity: Base64.encodedCount(bytes.count))
        Base64.encode(bytes, into: standard.reserve(Base64.encodedCount(bytes.count)))
        standard.commit(Base64.encodedCount(bytes.count))
        for byte in standard.bytes {
            switch byte {
            case UInt8(ascii: "+"): out.append(UInt8(ascii: "-"))
            case UInt8(ascii: "/"): out.append(UInt8(ascii: "_"))
            case UInt8(ascii: "="): return
            default: out.append(byte)
            }
        }
    }

    /// The bytes of `text`, or nil where it is not canonical.
    static func decode(_ text: UnsafeRawBufferPointer) -> SecretBytes? {
        let standard = OutputBuffer(capacity: text.count + 3)
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: standard.append(byte)
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        let out = OutputBuffer(capacity: standard.count)
        guard let count = Base64.decode(standard.bytes, into: out.reserve(standard.count)) else { return nil }
        out.commit(count)
        return SecretBytes(copying: out.bytes)
    }
}
