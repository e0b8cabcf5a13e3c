import Records

/// Temporary credentials as the metadata services give them: a JSON object with `AccessKeyId`, `SecretAccessKey`, `Token`
/// and `Expiration`.
struct AWSCredentialDocument {
    private let bytes: UnsafeRawBufferPointer
    /// Who gave it, for errors.
    private let origin: String

    private init(bytes: UnsafeRawBufferPointer, origin: String) {
        self.bytes = bytes
        self.origin = origin
    }

    /// The credentials in a reply's body.
    static func credentials(in body: SecretBytes, from origin: String) throws(CredentialFailure) -> AWSCredentials {
        try body.withUnsafeBytes { (bytes) throws(CredentialFailure) in
            try AWSCredentialDocument(bytes: bytes, origin: origin).credentials()
        }
    }

    private func credentials() throws(CredentialFailure) -> AWSCredentials {
        // The instance's service says so where the role can't be assumed, with status 200.
        if let code = try member("Code"), !code.withUnsafeBytes({ $0.elementsEqual("Success".utf8) }) {
            let words = code.withUnsafeBytes { BoundedText.printable($0) }
            throw CredentialFailure(.rejected, "\(origin) says \(words)")
        }
        guard let id = try member("AccessKeyId"), let secret = try member("SecretAccessKey"),
            let token = try member("Token"), let ending = try member("Expiration")
        else {
            throw CredentialFailure(.rejected, "\(origin) gave no AccessKeyId, SecretAccessKey, Token and Expiration")
        }
        guard let expiration = AWSTimestamp.seconds(ending.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        else { throw CredentialFailure(.rejected, "\(origin) gave an Expiration that is no time") }
        return try AWSCredentials(
            accessKeyID: id.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }, secretAccessKey: secret,
            sessionToken: token, expiration: expiration, from: origin)
    }

    private func member(_ name: String) throws(CredentialFailure) -> SecretBytes? {
        let content: UnsafeRawBufferPointer?
        do throws(JSONReply.Malformed) {
            content = try JSONReply.string(at: [.member(name)], in: bytes)
        } catch {
            throw CredentialFailure(.unavailable, "\(origin) did not answer in JSON: \(error.reason)")
        }
        guard let content else { return nil }
        let plain = OutputBuffer(capacity: content.count)
        guard Self.undoEscapes(content, to: plain) else {
            throw CredentialFailure(.rejected, "\(origin) gave a member \(name) that is not ASCII")
        }
        return SecretBytes(copying: plain.bytes)
    }

    /// Some servers write `/` and `=` as escapes; false for those of characters beyond ASCII.
    private static func undoEscapes(_ content: UnsafeRawBufferPointer, to out: OutputBuffer) -> Bool {
        var position = 0
        while position < content.count {
            let byte = content[position]
            position += 1
            guard byte == UInt8(ascii: "\\"), position < content.count else {
                out.append(byte)
                continue
            }
            let escape = content[position]
            position += 1
            switch escape {
            case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "\""): out.append(escape)
            case UInt8(ascii: "u"):
                guard content.count - position >= 4,
                    let code = UInt16(String(decoding: content[position..<(position + 4)], as: UTF8.self), radix: 16),
                    (0x20..<0x7F).contains(code)
                else { return false }
                out.append(UInt8(code))
                position += 4
            default: return false
            }
        }
        return true
    }
}
