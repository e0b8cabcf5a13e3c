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
