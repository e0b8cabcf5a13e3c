import Pipeline
import Synchronization

/// A control topic in memory.
final class FakeControl: ControlStore {
    private let known = Mutex((state: ControlState(), version: 0))
    private let refusal: PipelineError?
    let isCaughtUp: Bool

    /// Makes a store that refuses to be written where there is a `refusal`.
    init(isCaughtUp: Bool = true, refusal: PipelineError? = nil) {
        self.isCaughtUp = isCaughtUp
        self.refusal = refusal
    }

    var state: ControlState { known.withLock { $0.state } }
    var version: Int { known.withLock { $0.version } }

    func put(_ entry: ControlEntry, within milliseconds: Int) throws(PipelineError) {
        if let refusal { throw refusal }
        known.withLock {
            $0.state.put(entry)
            $0.version += 1
        }
    }

    func remove(_ key: ControlEntry.Key, within milliseconds: Int) throws(PipelineError) {
        if let refusal { throw refusal }
        known.withLock {
            $0.state.remove(key)
            $0.version += 1
        }
    }

    func removeSoon(_ key: ControlEntry.Key) {
        try? remove(key, within: 0)
    }
}

/// Keeps what it is told of.
final class AuditRecorder: AuditTrail {
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
