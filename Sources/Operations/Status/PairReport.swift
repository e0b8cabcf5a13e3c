/// A pair, as `GET /v1/pairs` tells of it.
public struct PairReport: Codable, Equatable, Sendable {
    /// One word for it, best first.
    public enum State: String, Codable, Sendable {
        /// Its workers work.
        case running
        /// It works on demand, and there is none.
        case idle
        /// Somebody paused it.
        case paused
        /// A worker has not joined its group yet, or not again.
        case starting
        /// A partition stands still.
        case halted
    }

    /// What its workers in this process have counted since they were started.
    public struct Counts: Codable, Equatable, Sendable {
        /// Records read.
        public var read: UInt64
        /// Records written.
        public var written: UInt64
        /// Those of them that went on unopened.
        public var passedOn: UInt64
        /// Transforms that failed, the repeated ones too.
        public var failed: UInt64
        /// Records left out as an operator asked.
        public var skipped: UInt64
        /// Bytes written.
        public var bytes: UInt64
        /// Transactions that were completed.
        public var committed: UInt64
        /// Transactions that were aborted.
        public var aborted: UInt64
    }

    /// Why a partition stands still.
    public struct Halt: Codable, Equatable, Sendable {
        /// The reason's code.
        public var reason: String
        /// A sentence.
        public var message: String
        /// The rule's path, where one field is at fault.
        public var field: String?
        /// What to do.
        public var remedy: String
        /// Whether it will go on by itself.
        public var retrying: Bool
    }

    /// A partition that a worker of this process holds.
    public struct Partition: Codable, Equatable, Sendable {
        /// Its topic.
        public var topic: String
        /// Its number.
        public var partition: Int32
        /// The worker that holds it.
        public var worker: Int
        /// The offset to go on with.
        public var next: Int64
        /// Records left to read; absent where it is not known yet.
        public var lag: Int64?
        /// Why it stands still.
        public var halt: Halt?
    }

    /// A worker.
    public struct Worker: Codable, Equatable, Sendable {
        /// Its number.
        public var number: Int
        /// Whether it takes part in its group.
        public var running: Bool
    }

    /// Who paused a pair, and why.
    public struct Pause: Codable, Equatable, Sendable {
        /// Who.
        public var actor: String
        /// Why.
        public var reason: String
        /// When, in milliseconds since 1970.
        public var time: Int64
    }

    /// The demand on a pair.
    public struct Demand: Codable, Equatable, Sendable {
        /// Whether somebody wants its records.
        public var active: Bool
        /// Whether it takes leases.
        public var takesLeases: Bool
        /// The consumer groups that are there.
        public var groups: [String]
        /// The leases that hold.
        public var leases: [LeaseReport]
    }

    /// Its name.
    public var name: String
    /// What it reads.
    public var source: String
    /// What it writes.
    public var target: String
    /// `encrypt` or `decrypt`.
    public var direction: String
    /// Its consumer group.
    public var groupId: String
    /// How it is.
    public var state: State
    /// Who paused it.
    public var pause: Pause?
    /// The demand on it; absent where it always works.
    public var demand: Demand?
    /// Its workers in this process.
    public var workers: [Worker]
    /// Their partitions.
    public var partitions: [Partition]
    /// What they have counted.
    public var counts: Counts
    /// Records left to read in all these partitions; absent where it is not known yet.
    public var lag: Int64?
}
