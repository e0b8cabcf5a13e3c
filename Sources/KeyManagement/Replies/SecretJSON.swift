import Records

/// JSON that carries key material, written and read in memory that is wiped.
enum SecretJSON {
    /// `{"member":"..."}`; `content` appends what stands between the quotes and needs no escape.
    static func object(member: StaticString, content: (OutputBuffer) -> Void) -> SecretBytes {
        let out = OutputBuffer(capacity: 256)
        out.append("{\"")
        out.append(member)
        out.append("\":\"")
        content(out)
        out.append("\"}")
        return SecretBytes(copying: out.bytes)
    }

    /// An object of strings, such as a login; names need no escape.
    static func strings(_ members: [(name: StaticString, value: SecretBytes)]) -> SecretBytes {
        let out = OutputBuffer(capacity: 256 + members.reduce(0) { $0 + $1.value.count })
        out.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(UInt8(ascii: "\""))
            out.append(member.name)
            out.append("\":\"")
            member.value.withUnsafeBytes { appendEscaped($0, to: out) }
            out.append(UInt8(ascii: "\""))
        }
        out.append(UInt8(ascii: "}"))
        return SecretBytes(copying: out.bytes)
    }

    /// A JSON string's content (RFC 8259, section 7).
    private static func appendEscaped(_ text: UnsafeRawBufferPointer, to out: OutputBuffer) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                out.append(UInt8(ascii: "\\"))
                out.append(byte)
            case 0..<0x20:
                out.append("\\u00")
                out.append(UInt8(ascii: "0") + byte >> 4)
                out.append(byte & 15 < 10 ? UInt8(ascii: "0") + byte & 15 : UInt8(ascii: "a") + byte & 15 - 10)
            default: out.append(byte)
            }
        }
    }

    /// An object of strings; each `content` appends what stands between the quotes and needs no escape.
    static func object(_ members: (name: StaticString, content: (OutputBuffer) -> Void)...) -> SecretBytes {
        let out = OutputBuffer(capacity: 1024)
        for (index, member) in members.enumerated() {
            out.append(index == 0 ? "{\"" : ",\"")
            out.append(member.name)
            out.append("\":\"")
            member.content(out)
            out.append("\"")
        }
        out.append("}")
        return SecretBytes(copying: out.bytes)
    }

    /// The content of a JSON string with its escapes undone; nil where it has one beyond the first 65,536 characters of
    /// Unicode.
    static func unescaped(_ text: UnsafeRawBufferPointer) -> SecretBytes? {
        let out = OutputBuffer(capacity: text.count)
        var position = 0
        while position < text.count {
            let byte = text[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                out.append(byte)
                continue
            }
            guard position < text.count else { return nil }
            let escaped = text[position]
            position += 1
            switch escaped {
            case UInt8(ascii: "b"): out.append(UInt8(0x08))
            case UInt8(ascii: "f"): out.append(UInt8(0x0C))
            case UInt8(ascii: "n"): out.append(UInt8(0x0A))
            case UInt8(ascii: "r"): out.append(UInt8(0x0D))
            case UInt8(ascii: "t"): out.append(UInt8(0x09))
            case UInt8(ascii: "u"):
                guard text.count - position >= 4,
                    let code = UInt32(String(decoding: text[position..<(position + 4)], as: UTF8.self), radix: 16),
                    let scalar = Unicode.Scalar(code)
                else { return nil }
                for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { out.append(unit) }
                position += 4
            default: out.append(escaped)
            }
        }
        return SecretBytes(copying: out.bytes)
    }

    /// The bytes of base64 in a KMS's reply; throws `malformedReply` where it is none.
    static func decodeBase64(
        _ text: UnsafeRawBufferPointer, _ key: KeySecretID
    ) throws(KeyManagementError) -> SecretBytes {
        let room = OutputBuffer(capacity: text.count)
        guard let count = Base64.decode(text, into: room.reserve(text.count)), count > 0 else {
            throw .malformedReply(key: key, reason: "its plaintext is no base64")
        }
        room.commit(count)
        return SecretBytes(copying: room.bytes)
    }
}
