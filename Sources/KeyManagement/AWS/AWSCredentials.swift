import HTTPTransport
import Records

/// An access key, with the session token and the end of temporary ones.
struct AWSCredentials: Sendable {
    let accessKeyID: String
    let secretAccessKey: SecretBytes
    let sessionToken: SecretBytes?
    /// When they end, in seconds of Unix time; nil where nothing says so.
    let expiration: Int?

    /// Takes the parts as someone gave them; throws where they can't be credentials.
    init(
        accessKeyID: String, secretAccessKey: SecretBytes, sessionToken: SecretBytes? = nil, expiration: Int? = nil,
        from origin: String
    ) throws(CredentialFailure) {
        guard (1...128).contains(accessKeyID.utf8.count), accessKeyID.utf8.allSatisfy(Self.isPlain) else {
            throw CredentialFailure(.rejected, "\(origin) holds no access key id of letters and digits")
        }
        for part in [secretAccessKey, sessionToken] {
            guard let part else { continue }
            guard part.count > 0, part.withUnsafeBytes({ $0.allSatisfy(Self.isPlain) }) else {
                throw CredentialFailure(
                    .rejected,
                    "\(origin) holds a secret that is empty or has a space, a newline or a character that is not ASCII")
            }
        }
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    /// What signs a request to `service` in `region`.
    func signingKey(region: String, service: String) -> AWSSigningKey {
        AWSSigningKey(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken, region: region,
            service: service)
    }

    /// What a server's words must not repeat.
    var secrets: [SecretBytes] { [secretAccessKey] + (sessionToken.map { [$0] } ?? []) }

    /// Whether both are the same.
    func isSame(as other: AWSCredentials) -> Bool {
        accessKeyID == other.accessKeyID && Self.isSame(secretAccessKey, other.secretAccessKey)
            && Self.isSame(sessionToken, other.sessionToken)
    }

    private static func isSame(_ left: SecretBytes?, _ right: SecretBytes?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return left.withUnsafeBytes { left in right.withUnsafeBytes { left.elementsEqual($0) } }
    }

    private static func isPlain(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}
