/// Where audit events go.
public protocol AuditTrail: Sendable {
    /// Takes an event; never waits, and may be called from any thread.
    func record(_ event: AuditEvent)

    /// Takes an event, and waits until it lasts where the trail is required: for what must not happen unrecorded.
    ///
    /// - Returns: false where it does not last within `milliseconds`; it may yet come to.
    func keep(_ event: AuditEvent, within milliseconds: Int64) -> Bool

    /// Whether it takes events; where the trail is required and its buffer is full, workers stand still until it does.
    var isAccepting: Bool { get }
}
