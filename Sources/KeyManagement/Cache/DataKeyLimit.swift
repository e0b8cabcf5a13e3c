import Synchronization

/// What all workers together may do with one data key, such as the number of seals; they claim it in batches.
final class DataKeyLimit: Sendable {
    /// The limit.
    let maximum: Int

    private let left: Atomic<Int>
    private let announced = Atomic<Bool>(false)

    init(_ maximum: Int) {
        self.maximum = maximum
        left = Atomic(maximum)
    }

    /// Takes at least `needed`, or nil where less is left; more for large limits, so that workers seldom meet here.
    func claim(_ needed: Int) -> Int? {
        var current = left.load(ordering: .relaxed)
        while current >= needed {
            let claimed = min(current, max(needed, maximum / 1024))
            let outcome = left.compareExchange(expected: current, desired: current - claimed, ordering: .relaxed)
            if outcome.exchanged { return claimed }
            current = outcome.original
        }
        return nil
    }

    /// Gives back what was claimed and not used.
    func giveBack(_ unused: Int) {
        guard unused > 0 else { return }
        left.wrappingAdd(unused, ordering: .relaxed)
    }

    /// What is claimed.
    var claimed: Int { maximum - left.load(ordering: .relaxed) }

    /// True once, when 80 % have been claimed.
    func isNearlySpentForTheFirstTime() -> Bool {
        guard left.load(ordering: .relaxed) <= maximum / 5, !announced.load(ordering: .relaxed) else { return false }
        return !announced.exchange(true, ordering: .relaxed)
    }
}
