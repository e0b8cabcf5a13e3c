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
        // Some servers write `/` and `=` as escapes.
        guard let plain = SecretJSON.unescaped(content) else {
            throw CredentialFailure(.malformedReply, "\(origin) gave a member \(name) with an escape too far")
        }
        return plain
    }
}
