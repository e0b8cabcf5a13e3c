/// The keys of `kms.vault`.
enum VaultKeys {
    /// How Fieldseal says who it is.
    enum Method: String, CaseIterable, Sendable {
        case token = "TOKEN"
    }

    static let uri = Setting(
        "uri", .address, .required, "The server's address, such as `https://vault:8200`.")
    static let type = Setting(
        "type",
        .choice(
            Method.self, planned: ["APP_ROLE", "USERNAME_PASSWORD", "LDAP", "JWT", "KUBERNETES", "CERT"]),
        .defaulted(.token), "How Fieldseal authenticates.")
    static let token = Setting(
        "token", .secret("a token"), .required,
        "The token. Given as `{file: path}`, the file is read again for every use, so that a rotated token is found.")
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
        "The transit engine of HashiCorp Vault or OpenBao. The token needs `update` on the keys' "
            + "`encrypt` and `decrypt` paths.",
        [uri, type, token, namespace, caFile, certificateFile, keyFile, allowInsecure, aliases]
            + ["roleId", "secretId", "mount", "username", "password", "role", "jwt", "path", "name"].map {
                PlannedSetting($0, "for other types")
            })
}
