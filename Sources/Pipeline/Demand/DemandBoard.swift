import Synchronization

/// What demand and purging let others see of a pair.
final class DemandBoard: Sendable {
    private let published = Mutex(DemandStatus())
    private let purged = Atomic<UInt64>(0)

    /// The demand as of the last look.
    var status: DemandStatus { published.withLock { $0 } }

    /// How many offsets this process has deleted from sources and targets.
    var purgedOffsets: UInt64 { purged.load(ordering: .relaxed) }

    func publish(_ status: DemandStatus) {
        published.withLock { $0 = status }
    }

    func addPurged(_ offsets: Int64) {
        purged.wrappingAdd(UInt64(clamping: offsets), ordering: .relaxed)
    }
}
