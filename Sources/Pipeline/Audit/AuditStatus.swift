/// How the audit trail fares.
public struct AuditStatus: Sendable, Hashable {
    /// Events by kind since the start, those that were only counted included.
    public var events: [AuditEvent.Kind: UInt64] = [:]
    /// Events that wait for the broker.
    public var waiting = 0
    /// Events that found no place and are in the log alone.
    public var dropped: UInt64 = 0
}
