import Pipeline

/// How the pairs are, and why not.
struct HealthReport: Encodable, Equatable, Sendable {
    /// One word for the whole or for a part, best first.
    enum State: String, Encodable, Comparable, CaseIterable, Sendable {
        /// Everything works.
        case ok
        /// A worker has not joined its group yet, or not again.
        case starting
        /// A partition stands still.
        case halted

        static func < (left: State, right: State) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    struct Pair: Encodable, Equatable, Sendable {
        var name: String
        var status: State
        var workers: [Worker]
    }

    struct Worker: Encodable, Equatable, Sendable {
        var number: Int
        var running: Bool
        var partitions: [Partition]
    }

    struct Partition: Encodable, Equatable, Sendable {
        var topic: String
        var partition: Int32
        var next: Int64
        var status: State
        var halt: Halt?
    }

    /// Why a partition stands still.
    struct Halt: Encodable, Equatable, Sendable {
        var reason: String
        var message: String
        var field: String?
        var retrying: Bool
    }

    var status: State
    /// Absent where the asker may not see them.
    var pairs: [Pair]?

    init(_ statuses: [PairStatus]) {
        let pairs = statuses.map(Pair.init)
        status = pairs.map(\.status).max() ?? .ok
        self.pairs = pairs
    }

    /// Whether every worker takes part in its group: halted partitions keep nobody from that.
    static func isReady(_ statuses: [PairStatus]) -> Bool {
        statuses.allSatisfy { $0.workers.allSatisfy(\.isRunning) }
    }
}

extension HealthReport.Pair {
    init(_ status: PairStatus) {
        name = status.pair
        workers = status.workers.map(HealthReport.Worker.init)
        let halted = workers.contains { $0.partitions.contains { $0.status == .halted } }
        self.status = halted ? .halted : workers.allSatisfy(\.running) ? .ok : .starting
    }
}

extension HealthReport.Worker {
    init(_ status: WorkerStatus) {
        number = status.number
        running = status.isRunning
        partitions = status.partitions.map(HealthReport.Partition.init)
    }
}

extension HealthReport.Partition {
    init(_ status: WorkerStatus.Partition) {
        topic = status.topic
        partition = status.partition
        next = status.next
        self.status = status.halt == nil ? .ok : .halted
        halt = status.halt.map {
            HealthReport.Halt(
                reason: $0.code, message: $0.message, field: $0.field, retrying: status.isRetrying)
        }
    }
}
