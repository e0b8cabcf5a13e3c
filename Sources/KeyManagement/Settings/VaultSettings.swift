/// How a Vault or OpenBao server is reached.
public struct VaultSettings: Sendable {
    /// How Fieldseal says who it is.
    public enum Authentication: Sendable {
        /// A token.
        case token(SecretSource)
    }

    /// The server's address: `https://HOST[:PORT]`, or `http://` where the configuration allows it.
    public var uri: String
    /// Who Fieldseal is.
    public var authentication: Authentication
    /// The namespace, sent as `X-Vault-Namespace`.
    public var namespace: String?
    /// A PEM file of the authorities that may sign the server's certificate; the system's where nil.
    public var caFile: String?
    /// A PEM file of the client's certificate chain.
    public var certificateFile: String?
    /// A PEM file of the client certificate's private key.
    public var keyFile: String?
    /// Further `host[:port]` that a key address may name for this same server.
    public var aliases: [String]

    /// Makes settings.
    public init(
        uri: String, authentication: Authentication, namespace: String? = nil, caFile: String? = nil,
        certificateFile: String? = nil, keyFile: String? = nil, aliases: [String] = []
    ) {
        self.uri = uri
        self.authentication = authentication
        self.namespace = namespace
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.aliases = aliases
    }
}
