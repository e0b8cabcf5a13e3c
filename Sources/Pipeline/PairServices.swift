/// What a pair's workers share with the rest of the process.
public struct PairServices: Sendable {
    /// Where audit events go.
    public var audit: any AuditTrail
    /// What operators have decided; nil where no control topic is configured.
    public var control: (any ControlStore)?
    /// Whether the workers are to be idle; each pair has its own.
    public var activity: PairActivity

    /// Makes the services of a pair.
    public init(
        audit: any AuditTrail = NoAuditTrail(), control: (any ControlStore)? = nil,
        activity: PairActivity = PairActivity()
    ) {
        self.audit = audit
        self.control = control
        self.activity = activity
    }
}
