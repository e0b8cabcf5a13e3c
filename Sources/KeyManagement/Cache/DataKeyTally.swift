import Synchronization

/// What the readers of a cache have counted, those that are gone too.
final class DataKeyTally: Sendable {
    private struct State {
        var readers: [ObjectIdentifier: DataKeyUses] = [:]
        var sealing: UInt64 = 0
        var opening: UInt64 = 0
    }

    private let state = Mutex(State())

    /// A reader begins to count.
    func begin(_ uses: DataKeyUses) {
        state.withLock { $0.readers[ObjectIdentifier(uses)] = uses }
    }

    /// A reader has counted for the last time.
    func end(_ uses: DataKeyUses) {
        state.withLock {
            guard $0.readers.removeValue(forKey: ObjectIdentifier(uses)) != nil else { return }
            $0.sealing &+= uses.counts.sealing
            $0.opening &+= uses.counts.opening
        }
    }

    /// All together.
    var counts: (sealing: UInt64, opening: UInt64) {
        state.withLock { state in
            state.readers.values.reduce(into: (sealing: state.sealing, opening: state.opening)) {
                $0.sealing &+= $1.counts.sealing
                $0.opening &+= $1.counts.opening
            }
        }
    }
}
