import Operations
import Pipeline
import Synchronization
import Transform

/// A pair whose state a test decides.
final class FakePair: RunningPair {
    private let described: Mutex<TopicPair>
    private let current: Mutex<PairStatus>

    /// A pair with one worker that has joined its group, and partition 0 of its source.
    init(_ name: String = "customers") {
        described = Mutex(
            TopicPair(
                name: name, source: name, target: "\(name).sealed",
                kafka: TopicPair.KafkaSettings(common: ["bootstrap.servers": "127.0.0.1:1"]),
                action: .decrypt(DecryptionRules(keks: []))))
        var worker = WorkerStatus(number: 0)
        worker.isRunning = true
        worker.partitions = [.init(topic: name, partition: 0, next: 7)]
        current = Mutex(PairStatus(pair: name, workers: [worker]))
    }

    var pair: TopicPair { described.withLock { $0 } }

    /// Whether it works on demand and takes leases.
    var takesLeases: Bool {
        get { pair.demand?.leases ?? false }
        set {
            described.withLock { $0.demand = newValue ? DemandSettings(leases: true) : nil }
            current.withLock { $0.demand = newValue ? DemandStatus() : nil }
        }
    }

    var status: PairStatus { current.withLock { $0 } }

    /// Changes the state of its worker.
    func change(_ change: (inout WorkerStatus) -> Void) {
        current.withLock { change(&$0.workers[0]) }
    }

    /// Lets partition 0 stand still.
    func halt(message: String = "The record is no JSON.") {
        change {
            $0.partitions[0].halt = HaltCause(code: "malformed_payload", message: message, field: "ssn")
        }
    }
}
