import Records

/// The bodies of KMS's Encrypt and Decrypt (API version 2014-11-01), in memory that is wiped.
enum AWSKeyRequest {
    /// The longest EDEK, in characters of base64: a CiphertextBlob has at most 6,144 bytes.
    static let maximumWrappedLength = 8192

    /// `{"Plaintext":...,"KeyId":...,"EncryptionContext":...}`, with the plaintext's base64 as `plaintext`.
    static func encrypt(plaintext: SecretBytes, arn: String, topic: String) -> SecretBytes {
        body("Plaintext", arn: arn, topic: topic) { out in plaintext.withUnsafeBytes { out.append($0) } }
    }

    /// `{"CiphertextBlob":...,"KeyId":...,"EncryptionContext":...}`; `edek` is base64, which needs no escapes. Without an
    /// `arn` KMS takes the key that made it.
    static func decrypt(edek: [UInt8], arn: String?, topic: String) -> SecretBytes {
        body("CiphertextBlob", arn: arn, topic: topic) { $0.append(edek) }
    }

    /// The base64 of `bytes`.
    static func base64(_ bytes: SecretBytes) -> SecretBytes {
        bytes.withUnsafeBytes { bytes in
            SecretBytes(count: Base64.encodedCount(bytes.count)) { (room) throws(Never) in
                if let start = room.baseAddress { Base64.encode(bytes, into: start) }
            }
        }
    }

    private static func body(
        _ member: StaticString, arn: String?, topic: String, content: (OutputBuffer) -> Void
    ) -> SecretBytes {
        let out = OutputBuffer(capacity: 1024)
        out.append("{\"")
        out.append(member)
        out.append("\":\"")
        content(out)
        out.append("\"")
        if let arn {
            out.append(",\"KeyId\":")
            appendQuoted(arn, to: out)
        }
        out.append(",\"EncryptionContext\":{\"fieldseal-topic\":")
        appendQuoted(topic, to: out)
        out.append("}}")
        return SecretBytes(copying: out.bytes)
    }

    private static func appendQuoted(_ text: String, to out: OutputBuffer) {
        var text = text
        text.withUTF8 { FieldPath.appendQuoted(UnsafeRawBufferPointer($0), to: out) }
    }
}
