import KafkaClient
import Logging
import Records
import Synchronization
import Testing
import Transform

@testable import Pipeline

@Suite("A worker that has nothing to do")
struct IdleWorkerTests {
    private final class Releases: Sendable {
        let count = Atomic<Int>(0)
    }

    /// Counts how often it is to let go of keys.
    private final class Idle: RecordTransform {
        private let releases: Releases

        init(_ releases: Releases) {
            self.releases = releases
        }

        func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView { record }
        func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool { false }
        func releaseExpired(now: Int64) { releases.count.add(1, ordering: .relaxed) }
    }

    @Test("Keys whose time is over are let go while no record comes")
    func release() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("source", partitions: 1)
        try cluster.createTopic("target", partitions: 1)
        let pair = TopicPair(
            name: "p", source: "source", target: "target",
            kafka: .init(common: ["bootstrap.servers": cluster.bootstrapServers]),
            action: .encrypt(EncryptionRules(valueFields: [])))
        let releases = Releases()
        let control = WorkerControl(number: 0)
        let sources = SourceTopics()
        sources.put(
            SourceTopic(
                name: "source", target: "target", partitions: 1, targetPartitions: 1,
                maximumMessageBytes: 1_000_000))
        let task = WorkerTask(
            pair: pair, number: 0, identity: WorkerIdentity(pair: pair, number: 0, unique: "u"),
            sources: sources, makeTransform: { _ in Idle(releases) })
        async let ended = WorkerThread.run { () -> PipelineError? in
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            do throws(PipelineError) {
                try Worker(task: task, control: control, logger: logger).run()
                return nil
            } catch {
                return error
            }
        }
        let deadline = ContinuousClock.now.advanced(by: .seconds(40))
        while releases.count.load(ordering: .relaxed) < 2, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(releases.count.load(ordering: .relaxed) >= 2)
        control.requestStop(deadline: MonotonicClock.now() + 8_000)
        _ = await ended
    }
}
