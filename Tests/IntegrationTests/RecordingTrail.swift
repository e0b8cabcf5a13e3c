import Pipeline
import Synchronization

/// Keeps audit events for a test to look at.
final class RecordingTrail: AuditTrail {
    private let kept = Mutex<[AuditEvent]>([])

    /// The events so far.
    var events: [AuditEvent] { kept.withLock { $0 } }

    func record(_ event: AuditEvent) {
        kept.withLock { $0.append(event) }
    }

    func keep(_ event: AuditEvent, within milliseconds: Int64) -> Bool {
        record(event)
        return true
    }

    var isAccepting: Bool { true }
}
