import Records

/// How to reach a Schema Registry with Confluent's REST API.
///
/// Validated only where it is used: `SchemaRegistryClient.init` refuses a URL that is not `http` or `https`.
public struct SchemaRegistrySettings: Sendable, Equatable {
    /// The base URL, such as `http://localhost:8081` or `https://registry.example.com/prefix`.
    public var url: String
    /// User name and password for HTTP basic authentication; excludes `bearerToken`.
    public var basicAuth: BasicAuth?
    /// A bearer token; excludes `basicAuth`.
    public var bearerToken: SecretBytes?
    /// PEM file of the only authorities trusted; the system's where nil.
    public var caFile: String?
    /// PEM file of the client's certificate; none is presented where nil.
    public var certificateFile: String?
    /// PEM file of the client's unencrypted private key; in `certificateFile` where nil.
    public var keyFile: String?
    /// How many schemas are kept, the least recently used leaving first; at least 1.
    public var cacheSize: Int

    /// User name and password (RFC 7617).
    public struct BasicAuth: Sendable, Equatable {
        /// The user name, without a colon.
        public var username: String
        /// The password.
        public var password: SecretBytes

        /// Makes credentials.
        public init(username: String, password: SecretBytes) {
            self.username = username
            self.password = password
        }
    }

    /// How many schemas are kept unless the configuration says otherwise.
    public static let defaultCacheSize = 1_000

    /// Makes settings.
    public init(
        url: String, basicAuth: BasicAuth? = nil, bearerToken: SecretBytes? = nil, caFile: String? = nil,
        certificateFile: String? = nil, keyFile: String? = nil, cacheSize: Int = defaultCacheSize
    ) {
        self.url = url
        self.basicAuth = basicAuth
        self.bearerToken = bearerToken
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.cacheSize = cacheSize
    }
}
