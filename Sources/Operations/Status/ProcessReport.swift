/// What `GET /v1/status` answers: everything that the status page and `fieldseal status` show.
public struct ProcessReport: Codable, Equatable, Sendable {
    /// Who asked, and what they may do.
    public struct Caller: Codable, Equatable, Sendable {
        /// The name of their token or certificate.
        public var name: String
        /// Their roles, in order.
        public var roles: [String]
    }

    /// A KMS that was called.
    public struct KeyService: Codable, Equatable, Sendable {
        /// Which, as in key addresses.
        public var provider: String
        /// Whether the last call was answered.
        public var up: Bool
        /// Whether it is left alone because it does not answer.
        public var suspended: Bool
        /// Calls so far.
        public var calls: UInt64
        /// Those that failed, refusals included.
        public var failed: UInt64
        /// Their mean time, in milliseconds.
        public var meanMilliseconds: Double
    }

    /// A data key in memory.
    public struct Key: Codable, Equatable, Sendable {
        /// The address of the KEK that wraps it.
        public var kek: String
        /// The KEK's version, where it is known.
        public var version: String?
        /// `seal` or `open`.
        public var purpose: String
        /// How it seals.
        public var algorithm: String
        /// The topic it belongs to.
        public var topic: String
        /// How long it has been in memory.
        public var ageSeconds: Double
        /// About how often it has sealed; absent for keys that open.
        public var seals: Int?
    }

    /// The version of Fieldseal.
    public var version: String
    /// When the process started, in seconds since 1970.
    public var startedAt: Double
    /// When this was written, in milliseconds since 1970.
    public var time: Int64
    /// Who asked.
    public var caller: Caller
    /// Whether pauses, skips and leases can be kept.
    public var control: Bool
    /// Which configuration is in force.
    public var configuration: ConfigurationStatus?
    /// The pairs, in the order of the configuration.
    public var pairs: [PairReport]
    /// The KMS.
    public var keyServices: [KeyService]
    /// The data keys, oldest first, not more than a few hundred.
    public var keys: [Key]
}
