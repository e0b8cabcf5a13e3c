import Synchronization

/// Whether a pair's workers in this process are to work or to be idle: shared by those who decide and the workers.
///
/// Any number of causes may hold at once, one of each code; the workers are idle while there is one. Then they finish their
/// transactions, pause all their partitions and stay in the group; they show the cause in their status. They see a change
/// within 100 ms.
public final class PairActivity: Sendable {
    private let causes = Mutex<[IdleCause]>([])
    private let changes = Atomic<Int>(0)

    /// Makes the activity of a pair that works.
    public init() {}

    /// Goes up with every change; a look at it costs next to nothing.
    public var version: Int { changes.load(ordering: .acquiring) }

    /// Why the pair is idle, in the order in which that came about; empty where it works.
    public var idleCauses: [IdleCause] { causes.withLock { $0 } }

    /// Lets the workers be idle, in place of an earlier cause of the same code; from any thread.
    public func setIdle(_ cause: IdleCause) {
        let hasChanged = causes.withLock { causes in
            if causes.contains(cause) { return false }
            if let index = causes.firstIndex(where: { $0.code == cause.code }) {
                causes[index] = cause
            } else {
                causes.append(cause)
            }
            return true
        }
        if hasChanged { noteChange() }
    }

    /// Takes the cause of this code back, if it holds; from any thread.
    public func clearIdle(code: String) {
        let hasChanged = causes.withLock { causes in
            let before = causes.count
            causes.removeAll { $0.code == code }
            return causes.count != before
        }
        if hasChanged { noteChange() }
    }

    /// Lets the workers look again at what operators have decided.
    func noteChange() {
        changes.add(1, ordering: .releasing)
    }
}
