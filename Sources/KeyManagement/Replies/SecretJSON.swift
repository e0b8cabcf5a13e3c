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
    static func object(_ members: [(name: StaticString, value: SecretBytes)]) -> SecretBytes {
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
