import Records

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
struct AWSEnvironmentKey: AWSCredentialSource {
    private let id: String
    private let secret: SecretBytes
    private let sessionToken: SecretBytes?

    /// Nil where the environment holds no access key; throws where it holds half of one.
    init?(_ environment: AWSEnvironment) throws(CredentialFailure) {
        let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        switch (environment[names[0]], environment[names[1]]) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            self.id = id
            self.secret = Self.secret(secret)
            sessionToken = environment["AWS_SESSION_TOKEN"].map(Self.secret)
        case (nil, _): throw CredentialFailure(.rejected, "\(names[1]) is set, but \(names[0]) is not")
        case (_, nil): throw CredentialFailure(.rejected, "\(names[0]) is set, but \(names[1]) is not")
        }
    }

    func fetch(within milliseconds: Int) throws(CredentialFailure) -> AWSCredentials {
        try AWSCredentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: sessionToken, from: "the environment")
    }

    private static func secret(_ text: String) -> SecretBytes {
        var text = text
        return text.withUTF8 { SecretBytes(copying: UnsafeRawBufferPointer($0)) }
    }
}
