import Synchronization

/// A clock that a test sets forward.
final class SharedClock: Sendable {
    private let milliseconds = Atomic<Int64>(1)

    var now: Int64 { milliseconds.load(ordering: .sequentiallyConsistent) }

    func advance(_ by: Int64) {
        milliseconds.add(by, ordering: .sequentiallyConsistent)
    }
}
