/// How a Vault or OpenBao server is reached.
public struct VaultSettings: Sendable, Equatable {
    /// How Fieldseal says who it is. A `mount` is the path of the auth method, without `auth/`.
    ///
    /// Secrets that come from files are read again for each login.
    public enum Authentication: Sendable, Equatable {
        /// A token, renewed in time where it may be.
        case token(SecretSource)
        /// `APP_ROLE`.
        case appRole(roleID: SecretSource, secretID: SecretSource, mount: String = "approle")
        /// `USERNAME_PASSWORD`.
        case userPassword(username: String, password: SecretSource, mount: String = "userpass")
        /// `LDAP`.
        case ldap(username: String, password: SecretSource, mount: String = "ldap")
        /// `JWT`: a token that an identity provider signed.
        case jwt(role: String, jwt: SecretSource, mount: String = "jwt")
        /// `KUBERNETES`: the token of the pod's service account.
        case kubernetes(role: String, tokenFile: String = podTokenFile, mount: String = "kubernetes")
        /// `CERT`: the client's certificate; `name` is the role, any that matches where nil.
        case certificate(name: String?, mount: String = "cert")

        /// Where Kubernetes puts the token of a pod's service account.
        public static let podTokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token"
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
