/// Where audit events go.
public protocol AuditTrail: Sendable {
    /// Takes an event; never waits, and may be called from any thread.
    func record(_ event: AuditEvent)

    /// Whether it takes events; where the trail is required and its buffer is full, workers stand still until it does.
    var isAccepting: Bool { get }
}
