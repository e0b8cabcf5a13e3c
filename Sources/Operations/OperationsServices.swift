public import KeyManagement
public import Pipeline

/// What the HTTP interface tells of, and what it acts on.
public struct OperationsServices: Sendable {
    /// The pairs that run, in the order of the configuration.
    public var pairs: @Sendable () -> [any RunningPair]
    /// Where requests that change something are told of.
    public var audit: any AuditTrail
    /// Where what operators decide is kept; nil where no control topic is configured.
    public var control: (any ControlStore)?
    /// The version of Fieldseal.
    public var version: String
    /// How the caches of data keys fare, in the order of the configuration: first the one of pairs without their own.
    public var keys: @Sendable () -> [DataKeyStatistics] = { [] }
    /// How the audit trail fares; nil where there is none.
    public var auditStatus: @Sendable () -> AuditStatus? = { nil }

    /// Which configuration is in force, and what became of later ones; nil where nobody watches that.
    public var configuration: @Sendable () -> ConfigurationStatus? = { nil }
    /// What opens a single record of a pair, by the pair's name; nil where nobody may look.
    public var makeLook: (@Sendable (_ pair: String) -> RecordLook?)?

    /// Makes the services.
    public init(
        version: String, audit: any AuditTrail = NoAuditTrail(), control: (any ControlStore)? = nil,
        pairs: @escaping @Sendable () -> [any RunningPair]
    ) {
        self.version = version
        self.audit = audit
        self.control = control
        self.pairs = pairs
    }
}
