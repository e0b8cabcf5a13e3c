import Pipeline

/// The keys of `admin`.
enum AdminKeys {
    static let listen = Setting(
        "listen", .authority, .required,
        "The address and port to listen on, such as `127.0.0.1:9402`; without a port, 9402.")
    static let token = Setting(
        "token", .secret("a token"), .optional("no token"),
        "A bearer token whose holder may do everything; the audit trail calls them `admin`. Given as `{file: path}`, the "
            + "file is read again for every request. Without this, `tokens` and `clients`, only this machine is answered, "
            + "and only what a `viewer` may see.")
    static let tokens = Setting(
        "tokens", .list(of: .section(tokenSection)), .optional("no token"), "Tokens with names and roles of their own.")
    static let certificateFile = Setting(
        "certificateFile", .file, .optional("plain HTTP"), "The listener's certificate chain (PEM); turns TLS on.")
    static let keyFile = Setting(
        "keyFile", .file, .optional("in `certificateFile`"), "The certificate's unencrypted private key (PEM).")
    static let clientCaFile = Setting(
        "clientCaFile", .file, .optional("no client certificates"),
        "The authorities (PEM) that clients' certificates must come from. A client without a certificate is still "
            + "answered what needs none, such as probes.")
    static let clients = Setting(
        "clients", .list(of: .section(clientSection)), .optional("none"),
        "What the holders of certificates may do; one that is not listed may do nothing.")

    static let allowRead = Setting(
        "allowRead", .boolean, .defaulted(false),
        "Whether single records of a `decrypt` pair's source may be looked at in the clear: over HTTP by a `reader`, and by "
            + "`fieldseal read`. Each look goes to the audit trail first, with who and why.")

    static let section = Section(
        "admin", "The HTTP interface: health, metrics, the status page, and what operators do.",
        [
            listen, token, tokens, certificateFile, keyFile, clientCaFile, clients, allowRead,
        ])

    static let name = Setting(
        "name", .name("a name", limit: 128), .required, "Who the audit trail says it was.")
    static let tokenText = Setting("token", .secret("a token"), .required, "The token.")
    static let role = Setting(
        "role", .oneOrList(of: .choice(AdminRole.self)), .defaulted([], "viewer"),
        "What the holder may do: `viewer` sees everything but records; `operator` also pauses, resumes, skips and takes "
            + "leases; `reader` looks at single decrypted records where `allowRead` is true.")
    static let commonName = Setting(
        "name", .text("a common name"), .required, "The common name of the certificate's subject.")

    private static let tokenSection = Section(
        "admin.tokens[]", "One token.", [name, tokenText, role])
    private static let clientSection = Section(
        "admin.clients[]", "One client that is known by its certificate.", [commonName, role])
}
