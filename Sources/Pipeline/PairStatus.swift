/// How far a pair is.
public struct PairStatus: Sendable {
    /// The pair's name.
    public var pair: String
    /// Its workers in this process, in order.
    public var workers: [WorkerStatus]
    /// The demand on it; nil where it always works.
    public var demand: DemandStatus?
    /// How many offsets this process has deleted from its sources and targets; markers of transactions count too.
    public var purgedOffsets: UInt64 = 0

    /// Why the pair stands still as a whole, if it does, such as a pause; as far as its workers here have come to that.
    public var idle: IdleCause? {
        workers.lazy.compactMap(\.idle).first
    }

    /// Makes a status.
    public init(
        pair: String, workers: [WorkerStatus], demand: DemandStatus? = nil, purgedOffsets: UInt64 = 0
    ) {
        self.pair = pair
        self.workers = workers
        self.demand = demand
        self.purgedOffsets = purgedOffsets
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
