import Records

/// The access key that the configuration holds, or names files of.
struct AWSConfiguredKey: AWSCredentialSource {
    let id: SecretSource
    let secret: SecretSource
    let sessionToken: SecretSource?

    /// The files may be renewed at any time.
    var isCached: Bool { false }

    func fetch(within milliseconds: Int) throws(CredentialFailure) -> AWSCredentials {
        let id = try Self.read(id).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let token: SecretBytes? = if let sessionToken { try Self.read(sessionToken) } else { nil }
        return try AWSCredentials(
            accessKeyID: id, secretAccessKey: Self.read(secret), sessionToken: token, from: "the configuration")
    }

    private static func read(_ source: SecretSource) throws(CredentialFailure) -> SecretBytes {
        do throws(SecretSource.Unreadable) {
            return try source.read()
        } catch {
            throw CredentialFailure(.rejected, error.reason)
        }
    }
}
