import KafkaClient
import Logging
import Records
import Testing
import Transform

@testable import Pipeline

/// What the worker does about failures that a real broker does not give on demand.
///
/// librdkafka's mock cluster does not hide aborted records, so that nothing is said here about what readers see.
@Suite("A worker whose cluster fails")
struct MockedWorkerTests {
    /// Passes records on as they are.
    private final class Copy: RecordTransform {
        func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView { record }
        func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool { false }
    }

    private final class Setting: Sendable {
        let control = WorkerControl(number: 0)
        let task: WorkerTask

        init(
            _ cluster: MockCluster, instance: String?, delivery: TopicPair.Delivery, unique: String = "u",
            commitLimits: TopicPair.CommitLimits = .init()
        ) {
            let pair = TopicPair(
                name: "p", source: "source", target: "target", instance: instance, delivery: delivery,
                commitLimits: commitLimits, kafka: .init(common: ["bootstrap.servers": cluster.bootstrapServers]),
                action: .encrypt(EncryptionRules(valueFields: [])))
            let sources = SourceTopics()
            sources.put(
                SourceTopic(
                    name: "source", target: "target", partitions: 2, targetPartitions: 2,
                    maximumMessageBytes: 1_000_000))
            task = WorkerTask(
                pair: pair, number: 0, identity: WorkerIdentity(pair: pair, number: 0, unique: unique),
                sources: sources, makeTransform: { _ in Copy() })
        }

        func run() async -> PipelineError? {
            await WorkerThread.run { () -> PipelineError? in
                var logger = Logger(label: "test")
                logger.logLevel = .critical
                do throws(PipelineError) {
                    try Worker(task: self.task, control: self.control, logger: logger).run()
                    return nil
                } catch {
                    return error
                }
            } ?? .thread(pair: "p", message: "no thread")
        }

        /// Waits until the status is as wanted.
        func reaches(_ condition: (WorkerStatus) -> Bool) async throws -> Bool {
            let deadline = ContinuousClock.now.advanced(by: .seconds(40))
            while ContinuousClock.now < deadline {
                if condition(control.status) { return true }
                try await Task.sleep(for: .milliseconds(20))
            }
            return condition(control.status)
        }
    }

    private func makeCluster(brokers: Int = 1) throws -> MockCluster {
        let cluster = try MockCluster(brokers: brokers)
        try cluster.createTopic("source", partitions: 2)
        try cluster.createTopic("target", partitions: 2)
        return cluster
    }

    private func write(_ count: Int, to cluster: MockCluster) throws {
        let producer = try Producer(settings: ["bootstrap.servers": cluster.bootstrapServers])
        let topic = try producer.open(topic: "source")
        let value: [UInt8] = [1, 2, 3]
        value.withUnsafeBytes { bytes in
            for number in 0..<count {
                let record = RecordView(
                    topic: UnsafeRawBufferPointer(start: nil, count: 0), partition: Int32(number % 2), offset: 0,
                    timestamp: 1_700_000_000_000, key: nil, value: bytes,
                    headers: UnsafeBufferPointer(start: nil, count: 0))
                _ = producer.produce(record, to: topic)
            }
        }
        #expect(producer.flush(milliseconds: 10_000))
    }

    /// Lets a worker copy 20 records of which the later half meets `failure`, and tells how it ended.
    private func run(
        instance: String? = nil, delivery: TopicPair.Delivery = .exactlyOnce, brokers: Int = 1,
        failure: (MockCluster) throws -> Void, until condition: (WorkerStatus) -> Bool
    ) async throws -> (status: WorkerStatus, error: PipelineError?) {
        let cluster = try makeCluster(brokers: brokers)
        let setting = Setting(cluster, instance: instance, delivery: delivery)
        try write(10, to: cluster)
        async let ended = setting.run()
        #expect(
            try await setting.reaches { $0.partitions.map(\.next) == [5, 5] && $0.counters.transactionsCommitted > 0 })
        try failure(cluster)
        try write(10, to: cluster)
        #expect(try await setting.reaches(condition))
        let status = setting.control.status
        setting.control.requestStop(deadline: MonotonicClock.now() + 8_000)
        let error = await ended
        return (status, error)
    }

    private static func isDone(_ status: WorkerStatus) -> Bool {
        status.partitions.map(\.next) == [10, 10]
    }

    /// Whether all is written, and the clients have been replaced once; `next` alone may be ahead of the commit.
    private static func isDoneAnew(_ status: WorkerStatus) -> Bool {
        isDone(status) && status.counters.restarts == 1
    }

    @Test(
        "A passing refusal is waited out within the transaction",
        arguments: [
            MockCluster.Request.endTransaction, .addOffsetsToTransaction, .addPartitionsToTransaction,
            .transactionalOffsetCommit, .produce,
        ])
    func passing(request: MockCluster.Request) async throws {
        let code: KafkaErrorCode = request == .produce ? .notEnoughReplicas : .coordinatorLoading
        let result = try await run(failure: { $0.fail(request, with: [code, code]) }, until: Self.isDone)
        #expect(result.error == nil)
        #expect(result.status.counters.transactionsAborted == 0)
        #expect(result.status.counters.recordsWritten == 20)
        #expect(result.status.counters.restarts == 0)
    }

    @Test("A transaction whose offsets are refused is aborted, and its records are repeated")
    func abortable() async throws {
        let result = try await run(
            failure: { $0.fail(.transactionalOffsetCommit, with: [.illegalGeneration]) },
            until: { Self.isDone($0) && $0.counters.transactionsAborted == 1 })
        #expect(result.error == nil)
        #expect(result.status.counters.transactionsAborted == 1)
        #expect(result.status.counters.recordsWritten > 20)
        #expect(result.status.counters.restarts == 0)
    }

    @Test("Repeated aborts let the partitions stand still for a while, and then go on")
    func repeatedAborts() async throws {
        let result = try await run(
            failure: {
                $0.fail(.transactionalOffsetCommit, with: [.illegalGeneration, .illegalGeneration, .illegalGeneration])
            }, until: { Self.isDone($0) && $0.counters.transactionsAborted >= 2 })
        #expect(result.error == nil)
    }

    @Test("A fatal error starts the worker anew in the same process, and nothing is missed")
    func fatal() async throws {
        let result = try await run(
            failure: { $0.fail(.endTransaction, with: [.invalidTransactionState]) }, until: Self.isDoneAnew)
        #expect(result.error == nil)
        #expect(result.status.counters.restarts == 1)
    }

    @Test("A dynamic worker that is fenced starts anew; one with a name stops and says who has it")
    func fenced() async throws {
        let fence: (MockCluster) -> Void = { $0.fail(.endTransaction, with: [.producerFenced]) }
        let dynamic = try await run(failure: fence, until: Self.isDoneAnew)
        #expect(dynamic.error == nil)
        #expect(dynamic.status.counters.restarts == 1)
        let named = try await run(instance: "pod-0", failure: fence, until: { !$0.isRunning })
        #expect(named.error?.kind == .fenced)
        #expect(named.error?.description.contains("fieldseal.p.pod-0.0") == true)
    }

    @Test("A missing permission stops the worker and says so")
    func refused() async throws {
        let result = try await run(
            failure: { $0.fail(.addPartitionsToTransaction, with: [.topicAuthorizationFailed]) },
            until: { !$0.isRunning })
        #expect(result.error?.kind == .refused)
    }

    /// Lets a worker copy 10 records of which the first that it sends meet `failures`, and tells how it ended.
    private func runFirst(
        delivery: TopicPair.Delivery, failures: [KafkaErrorCode], until condition: (WorkerStatus) -> Bool
    ) async throws -> (status: WorkerStatus, error: PipelineError?) {
        let cluster = try makeCluster()
        let setting = Setting(cluster, instance: nil, delivery: delivery)
        try write(10, to: cluster)
        cluster.fail(.produce, with: failures)
        async let ended = setting.run()
        #expect(try await setting.reaches(condition))
        let status = setting.control.status
        setting.control.requestStop(deadline: MonotonicClock.now() + 8_000)
        let error = await ended
        return (status, error)
    }

    @Test(
        "Records that a broker refuses for their size together are sent one by one",
        arguments: TopicPair.Delivery.allCases)
    func refusedTogether(delivery: TopicPair.Delivery) async throws {
        let result = try await runFirst(
            delivery: delivery, failures: [.messageTooLarge],
            until: { $0.partitions.map(\.next) == [5, 5] && $0.counters.transactionsCommitted > 0 })
        #expect(result.error == nil)
        #expect(result.status.counters.recordsWritten > 10)
        #expect(result.status.partitions.allSatisfy { $0.halt == nil })
        #expect(result.status.counters.restarts + result.status.counters.transactionsAborted >= 1)
    }

    @Test(
        "A record that a broker refuses for its size is found, and its partition halts at it; the other goes on",
        arguments: TopicPair.Delivery.allCases)
    func refusedAlone(delivery: TopicPair.Delivery) async throws {
        let result = try await runFirst(
            delivery: delivery, failures: [.messageTooLarge, .messageTooLarge, .recordListTooLarge],
            until: { status in
                status.partitions.compactMap(\.halt?.code) == ["record_too_large"]
                    && status.partitions.map(\.next).sorted() == [0, 5] && status.counters.transactionsCommitted > 0
            })
        #expect(result.error == nil)
        #expect(result.status.partitions.allSatisfy { !$0.isRetrying })
    }

    @Test("A transaction whose coordinator moves is completed by the new one")
    func coordinatorMoves() async throws {
        let result = try await run(
            instance: "pod-0", brokers: 3,
            failure: { cluster in
                for broker in [1, 2, 3] {
                    try cluster.moveCoordinator(of: .transactions("fieldseal.p.pod-0.0"), to: broker)
                    try cluster.moveCoordinator(of: .group("fieldseal.p"), to: 4 - broker)
                }
                cluster.fail(.endTransaction, with: [.notCoordinator])
                cluster.fail(.addOffsetsToTransaction, with: [.notCoordinator])
            }, until: { Self.isDone($0) && $0.counters.transactionsCommitted > 1 })
        #expect(result.error == nil)
        #expect(result.status.counters.transactionsAborted == 0)
        #expect(result.status.counters.restarts == 0)
    }

    @Test(
        "Partitions whose leaders move are read and written on, each record once",
        arguments: TopicPair.Delivery.allCases)
    func leadersMove(delivery: TopicPair.Delivery) async throws {
        let result = try await run(
            delivery: delivery, brokers: 3,
            failure: { cluster in
                for (topic, partition, broker) in [
                    ("source", 0, 2), ("source", 1, 3), ("target", 0, 3), ("target", 1, 1),
                ] {
                    try cluster.moveLeader(of: topic, partition: Int32(partition), to: broker)
                }
            }, until: Self.isDone)
        #expect(result.error == nil)
        #expect(result.status.counters.recordsWritten == 20)
        #expect(result.status.counters.restarts == 0)
    }

    @Test("A commit whose answer is lost is asked for again, and its outcome learnt")
    func unknownOutcome() async throws {
        let result = try await run(
            failure: { $0.fail(.endTransaction, with: [.transport]) },
            until: { Self.isDone($0) && $0.counters.transactionsCommitted > 1 })
        #expect(result.error == nil)
        #expect(result.status.counters.transactionsAborted == 0)
        #expect(result.status.counters.recordsWritten == 20)
    }

    @Test("Brokers that answer late only make the worker late", arguments: TopicPair.Delivery.allCases)
    func slowBrokers(delivery: TopicPair.Delivery) async throws {
        let result = try await run(delivery: delivery, failure: { $0.setDelay(300) }, until: Self.isDone)
        #expect(result.error == nil)
        #expect(result.status.counters.recordsWritten == 20)
        #expect(result.status.counters.transactionsAborted == 0)
    }

    /// The mock cluster forgets offsets that are committed in a transaction, so that what follows is of no use here.
    @Test("A rebalance in the midst of a transaction commits it before the partitions go")
    func rebalance() async throws {
        let cluster = try makeCluster()
        let limits = TopicPair.CommitLimits(intervalMilliseconds: 600_000)
        let first = Setting(cluster, instance: nil, delivery: .exactlyOnce, commitLimits: limits)
        let second = Setting(cluster, instance: nil, delivery: .exactlyOnce, unique: "v", commitLimits: limits)
        try write(10, to: cluster)
        async let firstEnded = first.run()
        #expect(try await first.reaches { $0.partitions.map(\.next) == [5, 5] })
        #expect(first.control.status.counters.transactionsCommitted == 0)
        async let secondEnded = second.run()
        for worker in [first, second] { #expect(try await worker.reaches { $0.partitions.count == 1 }) }
        #expect(first.control.status.counters.transactionsCommitted >= 1)
        #expect(first.control.status.counters.transactionsAborted == 0)
        for worker in [first, second] { worker.control.requestStop(deadline: MonotonicClock.now() + 8_000) }
        #expect(await firstEnded == nil)
        #expect(await secondEnded == nil)
    }

    @Test(
        "A target that may not be written to stops the worker before anything is committed",
        arguments: TopicPair.Delivery.allCases)
    func unwritable(delivery: TopicPair.Delivery) async throws {
        let result = try await runFirst(
            delivery: delivery, failures: [.topicAuthorizationFailed, .topicAuthorizationFailed],
            until: { !$0.isRunning && $0.counters.recordsWritten > 0 })
        #expect(result.error?.kind == .refused)
        #expect(result.status.counters.transactionsCommitted == 0)
    }

    @Test("Brokers that come back after a while find the worker going on", arguments: TopicPair.Delivery.allCases)
    func outage(delivery: TopicPair.Delivery) async throws {
        let cluster = try makeCluster()
        let setting = Setting(cluster, instance: nil, delivery: delivery)
        try write(10, to: cluster)
        async let ended = setting.run()
        #expect(try await setting.reaches { $0.partitions.map(\.next) == [5, 5] })
        cluster.setBroker(1, isDown: true)
        try await Task.sleep(for: .milliseconds(500))
        cluster.setBroker(1, isDown: false)
        try write(10, to: cluster)
        #expect(try await setting.reaches(Self.isDone))
        setting.control.requestStop(deadline: MonotonicClock.now() + 8_000)
        #expect(await ended == nil)
    }

    @Test(
        "A stop ends though no broker answers and a transaction is open", arguments: TopicPair.Delivery.allCases)
    func stopWithoutBrokers(delivery: TopicPair.Delivery) async throws {
        let cluster = try makeCluster()
        let setting = Setting(
            cluster, instance: nil, delivery: delivery, commitLimits: .init(intervalMilliseconds: 600_000))
        try write(10, to: cluster)
        async let ended = setting.run()
        #expect(try await setting.reaches { $0.partitions.map(\.next) == [5, 5] })
        cluster.setBroker(1, isDown: true)
        setting.control.requestStop(deadline: MonotonicClock.now() + 2_000)
        #expect(try await setting.reaches { !$0.isRunning })
        #expect(await ended == nil)
        #expect(setting.control.status.counters.transactionsCommitted == 0)
    }
}
