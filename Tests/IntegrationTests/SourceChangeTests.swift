import KafkaClient
import Pipeline
import Testing

@Suite("A source that others change while its pair runs")
struct SourceChangeTests {
    @Test("A transaction that a producer upstream leaves open holds its partition up, and how much waits is told")
    func openTransaction() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        try broker.write([TestRecord(value: "before")], to: "source")
        let upstream = try Producer(settings: [
            "bootstrap.servers": broker.bootstrapServers, "transactional.id": "upstream",
            "delivery.report.only.error": "true",
        ])
        try upstream.initTransactions(timeout: 10_000)
        try upstream.beginTransaction()
        let topic = try upstream.open(topic: "source")
        for value in ["open-1", "open-2"] {
            _ = TestRecord(value: value).withView { upstream.produce($0, to: topic) }
        }
        #expect(upstream.flush(milliseconds: 10_000))
        try broker.write([TestRecord(value: "after")], to: "source")
        try await withRunning(.test(broker)) { runner in
            try await expectEventually {
                runner.status.workers[0].clients[.consumer]?.partitions.map(\.open) == [3]
            }
            #expect(try broker.read("target").map(\.text) == ["before"])
            #expect(runner.status.haltedPartitions.isEmpty)
            try upstream.commitTransaction(timeout: 10_000)
            try await expectEventually {
                try broker.read("target").map(\.text) == ["before", "open-1", "open-2", "after"]
            }
            try await expectEventually {
                runner.status.workers[0].clients[.consumer]?.partitions.map(\.open) == [0]
            }
        }
    }

    @Test("A source that is deleted and made anew halts its partition: neither is it read over, nor are records missed")
    func recreated() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        try broker.write((1...5).map { TestRecord(value: "old-\($0)") }, to: "source")
        var pair = TopicPair.test(broker)
        pair.kafka.consumer["topic.metadata.refresh.interval.ms"] = "500"
        try await withRunning(pair) { runner in
            try await expectEventually { try broker.read("target").count == 5 }
            try broker.deleteTopic("source")
            try await expectEventually { runner.status.workers[0].partitions.isEmpty }
            try broker.createTopic("source")
            try broker.write([TestRecord(value: "new")], to: "source")
            try await expectEventually { runner.status.haltedPartitions.first?.halt?.code == "offset_out_of_range" }
        }
        #expect(try broker.read("target").map(\.text) == (1...5).map { "old-\($0)" })
        #expect(try broker.committed(group: pair.groupID, topic: "source", partitions: 1) == [0: 5])
    }
}
