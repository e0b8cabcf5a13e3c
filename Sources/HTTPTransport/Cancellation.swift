import Synchronization

/// Whether calls under way must end, shared between those who call and the one who shuts down.
final class Cancellation: Sendable {
    private let requested = Atomic<Bool>(false)

    var isRequested: Bool { requested.load(ordering: .relaxed) }

    func request() {
        requested.store(true, ordering: .relaxed)
    }
}
