import Synchronization

/// A clock that stands until a test moves it.
final class TestClock: Sendable {
    private let time = Atomic<Int64>(1_000_000)

    var now: Int64 { time.load(ordering: .sequentiallyConsistent) }

    func advance(_ milliseconds: Int64) {
        time.add(milliseconds, ordering: .sequentiallyConsistent)
    }
}
