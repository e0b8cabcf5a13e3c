/// Keeps nothing: where no trail is wanted, as in tests and one-off commands.
public struct NoAuditTrail: AuditTrail {
    /// Makes one.
    public init() {}

    /// Forgets the event.
    public func record(_ event: AuditEvent) {}

    /// Forgets the event too.
    public func keep(_ event: AuditEvent, within milliseconds: Int64) -> Bool { true }

    /// It takes everything.
    public var isAccepting: Bool { true }
}
