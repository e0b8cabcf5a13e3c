public import KeyManagement

/// The HTTP interface for operators, probes and Prometheus.
public struct AdminSettings: Sendable, Equatable {
    /// A bearer token and what its holder may do.
    public struct Token: Sendable, Equatable {
        /// Who is named in the audit trail.
        public var name: String
        /// The token; a file is read again for every request, so that a rotated token counts at once.
        public var secret: SecretSource
        /// What the holder may do.
        public var roles: Set<AdminRole>

        /// Makes one.
        public init(name: String, secret: SecretSource, roles: Set<AdminRole>) {
            self.name = name
            self.secret = secret
            self.roles = roles
        }
    }

    /// Whoever shows a certificate with this name, and what they may do.
    public struct Client: Hashable, Sendable {
        /// The common name of the certificate's subject; also who is named in the audit trail.
        public var name: String
        /// What they may do.
        public var roles: Set<AdminRole>

        /// Makes one.
        public init(name: String, roles: Set<AdminRole>) {
            self.name = name
            self.roles = roles
        }
    }

    /// How the listener shows who it is.
    public struct TLS: Hashable, Sendable {
        /// The certificate chain (PEM).
        public var certificateFile: String
        /// The unencrypted private key (PEM); nil where it is in `certificateFile`.
        public var keyFile: String?
        /// The authorities (PEM) that clients' certificates must come from; nil where none are asked for.
        public var clientAuthorityFile: String?

        /// Makes settings.
        public init(certificateFile: String, keyFile: String? = nil, clientAuthorityFile: String? = nil) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.clientAuthorityFile = clientAuthorityFile
        }
    }

    /// The address to listen on: a name or an address, an IPv6 one without brackets.
    public var host: String
    /// The port; 0 for any that is free.
    public var port: Int
    /// The tokens that are accepted.
    public var tokens: [Token]
    /// The clients that are known by their certificates.
    public var clients: [Client]
    /// TLS; nil for plain HTTP.
    public var tls: TLS?
    /// Whether single records may be looked at in the clear.
    public var allowsReading: Bool

    /// Makes settings.
    public init(
        host: String, port: Int, tokens: [Token] = [], clients: [Client] = [], tls: TLS? = nil,
        allowsReading: Bool = false
    ) {
        self.host = host
        self.port = port
        self.tokens = tokens
        self.clients = clients
        self.tls = tls
        self.allowsReading = allowsReading
    }
}
