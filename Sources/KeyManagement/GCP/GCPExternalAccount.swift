import Records

/// Workload identity federation, as Google's `external_account` files describe it: a token of another issuer, from a file,
/// is exchanged for one of Google's.
struct GCPExternalAccount {
    /// The provider in the workload identity pool.
    let audience: String
    let subjectTokenType: String
    /// The security token service (RFC 8693).
    let tokenAddress: ServiceAddress
    /// Where the exchanged token gets one of a service account; nil where it is used itself.
    let impersonationAddress: ServiceAddress?
    /// How long the service account's token is to be good, in seconds.
    let lifetimeSeconds: Int
    private let subjectTokenFile: String
    /// The member that holds the token where the file is JSON.
    private let subjectTokenField: String?

    init(_ file: CredentialsFile, isInsecureAllowed: Bool) throws(CredentialFailure) {
        guard let audience = try file.text("audience") else { throw file.failure("it has no audience") }
        guard let type = try file.text("subject_token_type") else { throw file.failure("it has no subject_token_type") }
        self.audience = audience
        subjectTokenType = type
        tokenAddress = try file.address("token_url", isInsecureAllowed: isInsecureAllowed)
        let impersonates = try file.secret("service_account_impersonation_url") != nil
        impersonationAddress =
            impersonates
            ? try file.address("service_account_impersonation_url", isInsecureAllowed: isInsecureAllowed) : nil
        let lifetime = try file.number("service_account_impersonation", "token_lifetime_seconds") ?? 3_600
        guard (600...43_200).contains(lifetime) else {
            throw file.failure("its token_lifetime_seconds is not between 600 and 43200")
        }
        lifetimeSeconds = lifetime
        guard let source = try file.secret("credential_source", "file") else {
            throw file.failure("its credential_source has no file; other sources of the subject token are not known")
        }
        subjectTokenFile = source.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        switch try file.text("credential_source", "format", "type") {
        case nil, "text"?: subjectTokenField = nil
        case "json"?:
            guard let field = try file.text("credential_source", "format", "subject_token_field_name") else {
                throw file.failure("its credential_source.format has no subject_token_field_name")
            }
            subjectTokenField = field
        case .some: throw file.failure("its credential_source.format.type is neither text nor json")
        }
    }

    /// The token to exchange, as the file holds it now.
    func subjectToken() throws(CredentialFailure) -> SecretBytes {
        if let subjectTokenField {
            let file = try CredentialsFile(path: subjectTokenFile)
            guard let token = try file.secret(subjectTokenField) else {
                throw file.failure("it has no \(subjectTokenField)")
            }
            return token
        }
        do throws(SecretSource.Unreadable) {
            return try SecretSource.file(path: subjectTokenFile).read()
        } catch {
            throw CredentialFailure(.rejected, error.reason)
        }
    }
}
