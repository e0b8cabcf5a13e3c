/// How far a pair is.
public struct PairStatus: Sendable {
    /// The pair's name.
    public var pair: String
    /// Its workers in this process, in order.
    public var workers: [WorkerStatus]

    /// The partitions of all workers that stand still.
    public var haltedPartitions: [WorkerStatus.Partition] {
        workers.flatMap(\.partitions).filter { $0.halt != nil }
    }
}
