import KeyManagement

/// The keys of `kms.vault`.
enum VaultKeys {
    /// How Fieldseal says who it is.
    enum Method: String, CaseIterable, Sendable {
        case token = "TOKEN"
        case appRole = "APP_ROLE"
        case userPassword = "USERNAME_PASSWORD"
        case ldap = "LDAP"
        case jwt = "JWT"
        case kubernetes = "KUBERNETES"
        case certificate = "CERT"
    }

    static let uri = Setting(
        "uri", .address, .required, "The server's address, such as `https://vault:8200`.")
    static let type = Setting("type", .choice(Method.self), .defaulted(.token), "How Fieldseal authenticates.")
    static let token = Setting(
        "token", .secret("a token"), .optional("required for TOKEN"),
        "The token, renewed in time where it may be. Given as `{file: path}`, the file is read again for every use, so "
            + "that a rotated token is found.")
    static let roleId = Setting(
        "roleId", .secret("a role id"), .optional("required for APP_ROLE"), "The AppRole's role id.")
    static let secretId = Setting(
        "secretId", .secret("a secret id"), .optional("required for APP_ROLE"),
        "The AppRole's secret id. Given as `{file: path}`, it is read again for every login, as every secret here.")
    static let username = Setting(
        "username", .text("a user name"), .optional("required for USERNAME_PASSWORD, LDAP"), "The user's name.")
    static let password = Setting(
        "password", .secret("a password"), .optional("required for USERNAME_PASSWORD, LDAP"), "The user's password.")
    static let role = Setting(
        "role", .text("a role's name"), .optional("required for JWT, KUBERNETES"), "The role to log in to.")
    static let jwt = Setting(
        "jwt", .secret("a JSON Web Token"), .optional("required for JWT"),
        "The identity provider's token, best as `{file: path}`.")
    static let path = Setting(
        "path", .file, .optional("`\(VaultSettings.Authentication.podTokenFile)`"),
        "For KUBERNETES, the file with the token of the pod's service account.")
    static let name = Setting(
        "name", .text("a certificate role's name"), .optional("any role that matches the certificate"),
        "For CERT, the role to log in to.")
    static let mount = Setting(
        "mount",
        .scalar("a path, without auth/, of segments of letters, digits, '.', '_' and '-'") { found in
            let segments = found.text.split(separator: "/", omittingEmptySubsequences: false)
            return segments.allSatisfy { Form.isName(String($0), limit: 128) } ? .value(found.text) : .refused()
        },
        .optional("`approle`, `userpass`, `ldap`, `jwt`, `kubernetes`, `cert`, as the type has it"),
        "Where the auth method is mounted; not for TOKEN.")
    static let namespace = Setting("namespace", .text("a namespace"), .optional("none"), "The namespace.")
    static let caFile = Setting(
        "caFile", .file, .optional("the system's authorities"),
        "The authorities (PEM) that the server's certificate must come from.")
    static let certificateFile = Setting(
        "certificateFile", .file, .optional("no client certificate"), "The client's certificate chain (PEM).")
    static let keyFile = Setting(
        "keyFile", .file, .optional("in `certificateFile`"), "The client certificate's unencrypted private key (PEM).")
    static let allowInsecure = Setting(
        "allowInsecure", .boolean, .defaulted(false),
        "Accepts an `http` address beyond this machine. The token and the data keys then cross the network in the "
            + "clear.")
    static let aliases = Setting(
        "aliases", .list(of: .authority), .optional("none"),
        "Other `host[:port]` that a key address may name for this same server.")

    static let section = Section(
        "kms.vault",
        "The transit engine of HashiCorp Vault or OpenBao. What Fieldseal logs in as needs `update` on the keys' "
            + "`encrypt` and `decrypt` paths.",
        [
            uri, type, token, roleId, secretId, username, password, role, jwt, path, name, mount, namespace, caFile,
            certificateFile, keyFile, allowInsecure, aliases,
        ])
}
