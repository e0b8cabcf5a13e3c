/// How Google Cloud KMS is reached.
public struct GCPSettings: Sendable, Equatable {
    /// How Fieldseal says who it is.
    public enum Credentials: Sendable, Equatable {
        /// A JSON file of a service account's key (`service_account`) or of workload identity federation
        /// (`external_account`); read again for every login.
        case file(path: String)
        /// The account of the machine or pod, as its metadata server gives it.
        case metadataServer
        /// The file that `GOOGLE_APPLICATION_CREDENTIALS` names where it is set, else the metadata server.
        case applicationDefault
    }

    /// Who Fieldseal is.
    public var credentials: Credentials
    /// Whether a service account's key is exchanged for a token at its token service, rather than used to sign tokens
    /// that Cloud KMS takes by itself.
    public var exchangesTokens: Bool
    /// The service's address.
    public var endpoint: String
    /// The metadata server's address.
    public var metadataServer: String
    /// A PEM file of the authorities that may sign the servers' certificates; the system's where nil.
    public var caFile: String?
    /// Whether `http` is accepted beyond this machine.
    public var allowsInsecure: Bool

    /// Google's own service.
    public static let defaultEndpoint = "https://cloudkms.googleapis.com"
    /// Where every machine in Google's cloud has its metadata server.
    public static let defaultMetadataServer = "http://metadata.google.internal"

    /// Makes settings.
    public init(
        credentials: Credentials = .applicationDefault, exchangesTokens: Bool = false,
        endpoint: String = Self.defaultEndpoint, metadataServer: String = Self.defaultMetadataServer,
        caFile: String? = nil, allowsInsecure: Bool = false
    ) {
        self.credentials = credentials
        self.exchangesTokens = exchangesTokens
        self.endpoint = endpoint
        self.metadataServer = metadataServer
        self.caFile = caFile
        self.allowsInsecure = allowsInsecure
    }
}
