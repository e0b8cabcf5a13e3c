import Synchronization

/// How often one worker has found its keys there: counted by its thread alone, read by any.
final class DataKeyUses: Sendable {
    private let sealing = Atomic<UInt64>(0)
    private let opening = Atomic<UInt64>(0)

    /// A key for sealing was there. Not an atomic addition, which would cost more than everything else here: only one
    /// thread writes.
    func sealed() {
        sealing.store(sealing.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// A key for opening was there.
    func opened() {
        opening.store(opening.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    var counts: (sealing: UInt64, opening: UInt64) {
        (sealing.load(ordering: .relaxed), opening.load(ordering: .relaxed))
    }
}
