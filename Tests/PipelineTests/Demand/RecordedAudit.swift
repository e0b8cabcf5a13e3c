import Synchronization

@testable import Pipeline

/// Keeps audit events for a test to look at.
final class RecordedAudit: AuditTrail {
    private let kept = Mutex<[AuditEvent]>([])

    var events: [AuditEvent] { kept.withLock { $0 } }
    var isAccepting: Bool { true }

    func record(_ event: AuditEvent) {
        kept.withLock { $0.append(event) }
    }

    func keep(_ event: AuditEvent, within milliseconds: Int64) -> Bool {
        record(event)
        return true
    }
}
