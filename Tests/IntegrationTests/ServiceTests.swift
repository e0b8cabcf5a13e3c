import KafkaClient
import Logging
import Pipeline
import ServiceLifecycle
import Testing

@Suite("A pair as a service")
struct ServiceTests {
    @Test("Graceful shutdown of its group commits what is open, and ends the service without an error")
    func gracefulShutdown() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        var pair = TopicPair.test(broker)
        // No commit but that of the shutdown.
        pair.commitLimits = .init(intervalMilliseconds: 600_000)
        let log = LogRecorder()
        let runner = PairRunner(pair: pair, logger: log.logger) { _ in TestTransform() }
        let group = ServiceGroup(services: [runner], logger: log.logger)
        async let run: Void = group.run()
        try broker.write([TestRecord(value: "a"), TestRecord(value: "b")], to: "source")
        try await expectEventually { runner.status.workers[0].counters.recordsWritten == 2 }
        #expect(try broker.read("target").isEmpty)
        await group.triggerGracefulShutdown()
        try await run
        #expect(try broker.read("target").map(\.text) == ["a", "b"])
        #expect(try broker.committed(group: pair.groupID, topic: "source", partitions: 1) == [0: 2])
        #expect(log.lines.contains { $0.message == "Worker stopped" && $0.metadata["transactions"] == "1" })
    }

    @Test("A halt is one line with partition, offset, reason and field, and no line holds a value")
    func haltLine() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        try broker.write([TestRecord(key: "secret-key", value: "secret"), TestRecord(value: "poison")], to: "source")
        let log = LogRecorder()
        let progress = LogRecorder()
        let runner = PairRunner(
            pair: .test(broker), logger: log.logger, progressInterval: .milliseconds(50),
            onProgress: { progress.logger.info("\($0.haltedPartitions.count)") }
        ) { _ in TestTransform() }
        let run = Task { try await runner.run() }
        try await expectEventually { progress.lines.last?.message == "1" }
        runner.stop()
        try await run.value
        let lines = log.lines.filter { $0.message == "Partition halted" }
        #expect(lines.count == 1)
        #expect(
            lines.first?.metadata == [
                "pair": "test", "worker": "0", "topic": "source", "partition": "0", "offset": "1",
                "reason": "malformed_payload", "message": "The value is not valid.", "field": "ssn",
            ])
        for line in log.lines {
            let text = line.message + line.metadata.values.joined()
            #expect(!text.contains("secret") && !text.contains("poison"))
        }
    }

    @Test("A source that grows while its pair runs gets the target's partitions first")
    func growth() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        var pair = TopicPair.test(broker)
        pair.kafka.common["topic.metadata.refresh.interval.ms"] = "200"
        try await withRunning(pair) { runner in
            try await expectEventually { runner.status.workers[0].partitions.count == 1 }
            try broker.admin().grow(topic: "source", to: 3, timeout: 10_000)
            try broker.write([TestRecord(partition: 2, value: "a")], to: "source")
            try await expectEventually { try broker.read("target").map(\.partition) == [2] }
            #expect(runner.status.haltedPartitions.isEmpty)
        }
    }

    @Test("A committed offset beyond the source's end halts the partition instead of repeating or skipping records")
    func beyondEnd() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        let pair = TopicPair.test(broker)
        try broker.write([TestRecord(value: "a"), TestRecord(partition: 1, value: "b")], to: "source")
        let consumer = try Consumer(settings: ["bootstrap.servers": broker.bootstrapServers, "group.id": pair.groupID])
        try consumer.commit([TopicPartition(topic: "source", partition: 0, offset: 100)], timeout: 10_000)
        consumer.close()
        try await withRunning(pair) { runner in
            try await expectEventually { runner.status.haltedPartitions.first?.halt?.code == "offset_out_of_range" }
            try await expectEventually { try broker.read("target").map(\.text) == ["b"] }
        }
        #expect(try broker.committed(group: pair.groupID, topic: "source", partitions: 2) == [0: 100, 1: 1])
    }

    @Test(
        "Records that the source deleted before they were read are a gap: told, counted, and reading goes on after it")
    func gap() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        let pair = TopicPair.test(broker)
        try broker.write((0..<10).map { TestRecord(value: "\($0)") }, to: "source")
        let consumer = try Consumer(settings: ["bootstrap.servers": broker.bootstrapServers, "group.id": pair.groupID])
        try consumer.commit([TopicPartition(topic: "source", partition: 0, offset: 2)], timeout: 10_000)
        consumer.close()
        try broker.deleteRecords(of: "source", partition: 0, before: 7)
        let log = LogRecorder()
        let runner = PairRunner(pair: pair, logger: log.logger) { _ in TestTransform() }
        let run = Task { try await runner.run() }
        try await expectEventually { try broker.read("target").map(\.text) == ["7", "8", "9"] }
        runner.stop()
        try await run.value
        let counters = runner.status.workers[0].counters
        #expect(counters.gaps == 1)
        #expect(counters.offsetsMissed == 5)
        #expect(log.lines.contains { $0.message.hasPrefix("The source no longer has") })
        #expect(try broker.committed(group: pair.groupID, topic: "source", partitions: 1) == [0: 10])
    }

    @Test("A timestamp of 0 can't be kept: it is counted and warned of once")
    func timestampZero() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        // Only -1 and what a transform says can be 0: librdkafka writes no 0 itself.
        let log = LogRecorder()
        let runner = PairRunner(pair: .test(broker), logger: log.logger) { _ in TestTransform(timestamp: 0) }
        let run = Task { try await runner.run() }
        try broker.write([TestRecord(value: "a"), TestRecord(value: "b")], to: "source")
        try await expectEventually { runner.status.workers[0].counters.timestampsReplaced == 2 }
        runner.stop()
        try await run.value
        #expect(log.lines.filter { $0.message.hasPrefix("A record's timestamp of 0") }.count == 1)
    }
}
