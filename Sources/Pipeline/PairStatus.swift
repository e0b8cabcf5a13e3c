/// How far a pair is.
public struct PairStatus: Sendable {
    /// The pair's name.
    public var pair: String
    /// Its workers in this process, in order.
    public var workers: [WorkerStatus]

    /// Makes a status.
    public init(pair: String, workers: [WorkerStatus]) {
        self.pair = pair
        self.workers = workers
    }

    /// The partitions of all workers that stand still.
    public var haltedPartitions: [WorkerStatus.Partition] {
        workers.flatMap(\.partitions).filter { $0.halt != nil }
    }

    /// What all workers have counted, together.
    public var counters: WorkerStatus.Counters {
        workers.reduce(into: WorkerStatus.Counters()) { $0.add($1.counters) }
    }
}
