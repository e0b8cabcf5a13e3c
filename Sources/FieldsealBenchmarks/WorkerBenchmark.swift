import Glibc
import KafkaClient
import Logging
import Pipeline
import Transform

/// A worker with one transform, end to end: exactly once, lz4, four partitions, topics and a group of its own.
struct WorkerBenchmark {
    /// How many records of a round count.
    private static let records = 60_000
    /// How many more there are, so that the queue of fetched records does not run empty while they count.
    private static let more = 4_000
    private static let partitions = 4
    /// Transactions of so many records each: the last one that counts ends with the last record that does.
    private static let transaction = 10_000
    /// How long a round may last, in nanoseconds.
    private static let patience: Int64 = 120_000_000_000

    /// The worker did not get through.
    struct Stuck: Error, CustomStringConvertible {
        var name: String
        var status: PairStatus
        var description: String { "\(name) does not get through: \(status)" }
    }

    let name: String
    /// What it is measured against, by name.
    let baseline: String?
    /// What the ratio to it is called.
    var kind = BenchmarkRow.Baseline.passthrough
    /// Whether there is a fifth partition that stands still from its first record on, with a backlog behind it.
    var hasHaltedPartition = false
    let source: String
    let store: RecordStore
    let makeTransform: @Sendable () throws -> any RecordTransform

    private var target: String { "bench.\(name.replacing("/", with: ".")).target" }

    /// Makes its source topic.
    func prepare(_ broker: BenchmarkBroker) throws {
        let admin = try broker.admin()
        guard try admin.describe(topic: source, timeout: BenchmarkBroker.timeout) == nil else { return }
        try admin.create(
            topic: source, partitions: allPartitions, replicationFactor: 1, settings: ["retention.ms": "-1"],
            timeout: BenchmarkBroker.timeout)
        if hasHaltedPartition {
            let poison = RecordStore(topic: source, [(key: Array("poison".utf8), value: Array("[".utf8), headers: [])])
            for records in [poison, store] {
                try SourceFeeder.feed(
                    source, from: records, count: records.views.count, partitions: Self.partitions..<allPartitions,
                    broker: broker)
            }
        }
    }

    private var allPartitions: Int { Self.partitions + (hasHaltedPartition ? 1 : 0) }

    /// Runs the worker over a backlog and adds what that took to `measurements`.
    ///
    /// Measured is the whole process, from when the worker has its partitions to the commit of the last record that counts.
    func round(on broker: BenchmarkBroker, into measurements: inout Measurements) async throws {
        try SourceFeeder.feed(
            source, from: store, count: Self.records + Self.more, partitions: 0..<Self.partitions, broker: broker)
        let end = MeasuredTransform.End()
        let runner = PairRunner(pair: pair(broker), logger: logger) { [makeTransform] _ in
            MeasuredTransform(try makeTransform(), count: Self.records, end: end)
        }
        let run = Task { try await runner.run() }
        defer { runner.stop() }
        let deadline = CPUClock.wall() + Self.patience
        ResidentMemory.forgetPeak()
        while runner.status.workers[0].partitions.count < allPartitions { try pause(until: deadline, runner) }
        let start = MeasuredTransform.Moment()
        while end.reached == nil { try pause(until: deadline, runner) }
        guard let end = end.reached else { throw Stuck(name: name, status: runner.status) }
        measurements.add(name, cpu: end.cpu - start.cpu, wall: end.wall - start.wall, records: Self.records)
        while runner.status.workers[0].counters.recordsWritten < Self.records + Self.more {
            try pause(until: deadline, runner)
        }
        guard runner.status.haltedPartitions.count == allPartitions - Self.partitions else {
            throw Stuck(name: name, status: runner.status)
        }
        let read = runner.status.workers[0].partitions.filter { $0.halt == nil }.map {
            TopicPartition(topic: source, partition: $0.partition, offset: $0.next)
        }
        runner.stop()
        try await run.value
        try trim(read, broker)
    }

    private func pause(until deadline: Int64, _ runner: PairRunner) throws {
        guard CPUClock.wall() < deadline else { throw Stuck(name: name, status: runner.status) }
        // Not a task's sleep, which costs more CPU.
        usleep(2_000)
    }

    private var logger: Logger {
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        // A partition that is meant to stand still is no news.
        logger.logLevel = hasHaltedPartition ? .critical : .error
        return logger
    }

    private func pair(_ broker: BenchmarkBroker) -> TopicPair {
        TopicPair(
            name: name.replacing("/", with: "."), source: source, target: target, instance: "bench",
            commitLimits: .init(intervalMilliseconds: 10_000, records: Self.transaction),
            kafka: TopicPair.KafkaSettings(
                common: ["bootstrap.servers": broker.bootstrapServers],
                consumer: [
                    // The development broker hands out a partition's whole backlog at once...
                    "receive.message.max.bytes": "1000000000",
                    // ...and answers a fetch at its end at once too: no fetch then while there are records in the queue.
                    "queued.min.messages": "1000",
                ], producer: ["compression.type": "lz4"]),
            action: .encrypt(EncryptionRules(valueFields: [])))
    }

    /// Empties both topics: the source up to where its group has read, since the worker goes on there.
    private func trim(_ read: [TopicPartition], _ broker: BenchmarkBroker) throws {
        let admin = try broker.admin()
        let written = try (0..<Int32(Self.partitions)).map { partition in
            let marks = try admin.watermarks(topic: target, partition: partition, timeout: BenchmarkBroker.timeout)
            return TopicPartition(topic: target, partition: partition, offset: marks.high)
        }
        try admin.deleteRecords(before: read, timeout: BenchmarkBroker.timeout)
        try admin.deleteRecords(before: written, timeout: BenchmarkBroker.timeout)
    }
}
