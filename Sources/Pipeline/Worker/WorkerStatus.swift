public import Records

/// How far a worker is, as of its last commit or idle moment.
public struct WorkerStatus: Sendable {
    /// What a worker has counted since it was started.
    public struct Counters: Hashable, Sendable {
        /// Records read.
        public var recordsRead: UInt64 = 0
        /// Records given to the producer; those of aborted transactions count again when they are repeated.
        public var recordsWritten: UInt64 = 0
        /// Bytes of keys, values and header values given to the producer.
        public var bytesWritten: UInt64 = 0
        /// Records dropped because they were processed before, or are of a partition that stands still or is gone.
        public var recordsDropped: UInt64 = 0
        /// Transforms that failed, the repeated ones too.
        public var recordsFailed: UInt64 = 0
        /// Records that could not be opened and went on as they came, as the pair's policy says.
        public var recordsPassedOn: UInt64 = 0
        /// Records that went to the dead-letter topic; those of aborted transactions count again when they are repeated.
        public var recordsDeadLettered: UInt64 = 0
        /// Records that were left out, as an operator asked.
        public var recordsSkipped: UInt64 = 0
        /// Records whose timestamp of 0 librdkafka replaces by the current time.
        public var timestampsReplaced: UInt64 = 0
        /// Times that records were gone before they were read.
        public var gaps: UInt64 = 0
        /// Offsets in these gaps; some may have been marks of transactions, and no records.
        public var offsetsMissed: UInt64 = 0
        /// Transactions (or rounds of delivery and commit) that were completed.
        public var transactionsCommitted: UInt64 = 0
        /// Transactions that were aborted.
        public var transactionsAborted: UInt64 = 0
        /// Times that the clients were replaced after a fatal error.
        public var restarts: UInt64 = 0
        /// How long transforms took that were measured, waiting for keys and schemas left out.
        public var transformTimes = DurationHistogram(.microseconds)

        /// Makes counters of a worker that has done nothing.
        public init() {}

        /// Counts what another has counted as well; wraps around as the counters do.
        public mutating func add(_ other: Counters) {
            recordsRead &+= other.recordsRead
            recordsWritten &+= other.recordsWritten
            bytesWritten &+= other.bytesWritten
            recordsDropped &+= other.recordsDropped
            recordsFailed &+= other.recordsFailed
            recordsPassedOn &+= other.recordsPassedOn
            recordsDeadLettered &+= other.recordsDeadLettered
            recordsSkipped &+= other.recordsSkipped
            timestampsReplaced &+= other.timestampsReplaced
            transactionsCommitted &+= other.transactionsCommitted
            transactionsAborted &+= other.transactionsAborted
            restarts &+= other.restarts
            transformTimes.add(other.transformTimes)
        }
    }

    /// A partition that the worker holds.
    public struct Partition: Hashable, Sendable {
        /// Its topic.
        public var topic: String
        /// Its number.
        public var partition: Int32
        /// The offset to go on with.
        public var next: Int64
        /// Why it stands still, if it does.
        public var halt: HaltCause?
        /// Whether it will go on by itself.
        public var isRetrying: Bool

        /// Makes one.
        public init(topic: String, partition: Int32, next: Int64, halt: HaltCause? = nil, isRetrying: Bool = false) {
            self.topic = topic
            self.partition = partition
            self.next = next
            self.halt = halt
            self.isRetrying = isRetrying
        }
    }

    /// The worker's number within its pair, from 0.
    public var number: Int
    /// Whether it takes part in its group.
    public var isRunning = false
    /// Why all its partitions stand still, if they do: none of them is at fault.
    public var idle: IdleCause?
    /// Its partitions, in order.
    public var partitions: [Partition] = []
    /// What it has counted.
    public var counters = Counters()
    /// What its Kafka clients say of themselves, as of a few seconds ago; empty before.
    public var clients: [ClientStatistics.Client: ClientStatistics] = [:]

    /// Makes the status of a worker that has not begun.
    public init(number: Int) {
        self.number = number
    }
}
