/// How AWS KMS is reached, and with whose credentials.
public struct AWSSettings: Sendable, Equatable {
    /// Who Fieldseal is.
    public enum Credentials: Sendable, Equatable {
        /// What the environment, a shared profile, a web identity, the container or the EC2 instance gives, the first of
        /// them that is set up.
        case defaultChain
        /// The profile of this name in the shared files, and nothing else.
        case profile(String)
        /// An access key; `sessionToken` is nil for a long-lived one. Files are read again for every call.
        case accessKey(id: SecretSource, secret: SecretSource, sessionToken: SecretSource?)
    }

    /// Who Fieldseal is.
    public var credentials: Credentials
    /// The region of the token service that gives temporary credentials; the environment's or the profile's where nil.
    /// A key is called in the region that its ARN names.
    public var region: String?
    /// `http(s)://HOST[:PORT][/PATH]` in place of AWS's own address of KMS, for keys of every region.
    public var endpoint: String?
    /// Whether addresses beyond this machine may be `http`.
    public var allowsInsecure: Bool
    /// A PEM file of the authorities that may sign the servers' certificates; the system's where nil.
    public var caFile: String?
    /// The variables named `AWS_*`, and `HOME`.
    public let environment: [String: String]

    /// Makes settings; of `environment` only what AWS's own tools look at is kept.
    public init(
        credentials: Credentials = .defaultChain, region: String? = nil, endpoint: String? = nil,
        allowsInsecure: Bool = false, caFile: String? = nil, environment: [String: String] = [:]
    ) {
        self.credentials = credentials
        self.region = region
        self.endpoint = endpoint
        self.allowsInsecure = allowsInsecure
        self.caFile = caFile
        self.environment = environment.filter { $0.key.hasPrefix("AWS_") || $0.key == "HOME" }
    }
}
