import Synchronization

@testable import Pipeline

/// A control store without a topic.
final class MemoryControl: ControlStore {
    private let kept: Mutex<(state: ControlState, version: Int)>
    let isCaughtUp: Bool

    init(_ entries: [ControlEntry] = [], isCaughtUp: Bool = true) {
        var state = ControlState()
        for entry in entries { state.put(entry) }
        kept = Mutex((state, 0))
        self.isCaughtUp = isCaughtUp
    }

    var state: ControlState { kept.withLock { $0.state } }
    var version: Int { kept.withLock { $0.version } }

    func put(_ entry: ControlEntry, within milliseconds: Int) throws(PipelineError) {
        kept.withLock {
            $0.state.put(entry)
            $0.version += 1
        }
    }

    func remove(_ key: ControlEntry.Key, within milliseconds: Int) throws(PipelineError) {
        removeSoon(key)
    }

    func removeSoon(_ key: ControlEntry.Key) {
        kept.withLock {
            $0.state.remove(key)
            $0.version += 1
        }
    }
}
