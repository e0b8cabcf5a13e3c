import KafkaClient
import Pipeline
import Testing

@Suite("A pair's topics")
struct TopicTests {
    @Test("A missing target is created like the source, with room for larger records")
    func created() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic(
            "source", partitions: 3, settings: ["cleanup.policy": "compact", "max.message.bytes": "2000000"])
        try await withRunning(.test(broker, target: .init())) { runner in
            try await expectEventually { runner.status.workers[0].partitions.count == 3 }
        }
        let admin = try broker.admin()
        #expect(try admin.describe(topic: "target", timeout: 10_000)?.partitions == 3)
        let settings = try admin.settings(ofTopic: "target", timeout: 10_000)
        #expect(settings["retention.ms"]?.value == "-1")
        #expect(settings["cleanup.policy"]?.value == "compact")
        #expect(settings["max.message.bytes"]?.value == "3000000")
    }

    @Test("A target with too few partitions is grown where that is wanted")
    func grown() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 3)
        try broker.createTopic("target", partitions: 1)
        try broker.write([TestRecord(partition: 2, value: "a")], to: "source")
        try await withRunning(.test(broker)) { _ in
            try await expectEventually { try broker.read("target").count == 1 }
        }
        #expect(try broker.read("target").map(\.partition) == [2])
    }

    @Test("Elsewhere the partitions that the target lacks halt, and the others go on")
    func tooFew() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        try broker.createTopic("target", partitions: 1)
        try broker.write([TestRecord(partition: 1, value: "a"), TestRecord(partition: 0, value: "b")], to: "source")
        try await withRunning(.test(broker, target: .init(isCreated: false))) { runner in
            try await expectEventually { try broker.read("target").count == 1 }
            #expect(runner.status.haltedPartitions.map(\.partition) == [1])
            #expect(runner.status.haltedPartitions.first?.halt?.code == "target_partition_missing")
        }
    }

    @Test("A missing source, and a missing target that is not to be created, are errors that name them")
    func missing() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        let error = await #expect(throws: PipelineError.self) { try await withRunning(.test(broker)) { _ in } }
        #expect(error?.kind == .configuration)
        #expect(error?.description.contains("'source' does not exist") == true)
        try broker.createTopic("source")
        let second = await #expect(throws: PipelineError.self) {
            try await withRunning(.test(broker, target: .init(isCreated: false))) { _ in }
        }
        #expect(second?.description.contains("'target' does not exist") == true)
        #expect(try broker.admin().describe(topic: "target", timeout: 10_000) == nil)
    }

    @Test("Brokers that can't be reached are an error of their own kind")
    func unreachable() async throws {
        let broker = try await TestBroker.start()
        broker.stop()
        let error = await #expect(throws: PipelineError.self) { try await withRunning(.test(broker)) { _ in } }
        #expect(error?.kind == .unreachable)
        #expect(error?.description.contains("did not answer in time") == true)
    }

    @Test("A property that librdkafka does not know is a configuration error, without its value")
    func unknownProperty() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        var pair = TopicPair.test(broker)
        pair.kafka.common["sasl.pasword"] = "secret-value"
        let error = await #expect(throws: PipelineError.self) { try await withRunning(pair) { _ in } }
        #expect(error?.kind == .configuration)
        #expect(error?.description.contains("sasl.pasword") == true)
        #expect(error?.description.contains("secret-value") == false)
    }
}
