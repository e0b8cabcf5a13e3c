import KafkaClient
import Pipeline
import Testing

@Suite("A pair that reads a pattern of topics")
struct PatternTests {
    private func pair(
        _ broker: TestBroker, source: String = "^c\\..*", workers: Int = 1,
        startFrom: TopicPair.StartPosition? = nil,
        target: TopicPair.TargetTopic = .init(configuration: ["retention.ms": "-1"])
    ) throws -> TopicPair {
        var pair = TopicPair.test(broker, target: target, workers: workers, startFrom: startFrom)
        pair.source = source
        pair.target = "{{record.topic}}.enc"
        let template = try #require(TopicTemplate(parsing: pair.target))
        pair.excludedTopics = ExcludedTopics(targets: [.init(source: source, template: template)])
        return pair
    }

    private func values(_ topic: String, _ broker: TestBroker) throws -> [String?] {
        try broker.read(topic).map(\.text)
    }

    @Test("reads every topic that matches, each to a target of its own", arguments: [1, 3])
    func several(workers: Int) async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        for topic in ["c.a", "c.b", "d.a"] { try broker.createTopic(topic, partitions: 2) }
        for topic in ["c.a", "c.b", "d.a"] {
            try broker.write((0..<6).map { TestRecord(partition: $0 % 2, value: "\(topic) \($0)") }, to: topic)
        }
        try await withRunning(pair(broker, workers: workers)) { runner in
            try await expectEventually {
                try values("c.a.enc", broker).count == 6 && values("c.b.enc", broker).count == 6
            }
            let held = runner.status.workers.flatMap(\.partitions).map { "\($0.topic)/\($0.partition)" }
            #expect(held.sorted() == ["c.a/0", "c.a/1", "c.b/0", "c.b/1"])
        }
        #expect(Set(try values("c.a.enc", broker)) == Set((0..<6).map { "c.a \($0)" }))
        #expect(Set(try values("c.b.enc", broker)) == Set((0..<6).map { "c.b \($0)" }))
        #expect(try broker.admin().describe(topic: "d.a.enc", timeout: 10_000) == nil)
    }

    @Test("reads a topic that appears later from its first record on, and never what it writes itself")
    func later() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("c.a")
        try broker.write([TestRecord(value: "early")], to: "c.a")
        try await withRunning(pair(broker, startFrom: .latest)) { runner in
            try await expectEventually { runner.status.workers[0].partitions.map(\.next) == [1] }
            try broker.createTopic("c.late")
            try broker.write([TestRecord(value: "first")], to: "c.late")
            try await expectEventually(within: 10) { try values("c.late.enc", broker).count == 1 }
            try broker.write([TestRecord(value: "more")], to: "c.a")
            try broker.write([TestRecord(value: "second")], to: "c.late")
            try await expectEventually { try values("c.late.enc", broker).count == 2 }
            try await expectEventually { try values("c.a.enc", broker) == ["more"] }
            // Two looks after its targets were made, they are still no sources.
            _ = try await eventually(within: 9) { false }
            #expect(runner.status.workers[0].partitions.map(\.topic) == ["c.a", "c.late"])
        }
        let topics = try broker.admin().topics(timeout: 10_000).map(\.name).filter { !$0.hasPrefix("_") }
        #expect(topics.sorted() == ["c.a", "c.a.enc", "c.late", "c.late.enc"])
    }

    @Test("waits where nothing matches yet")
    func nothingYet() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try await withRunning(pair(broker)) { runner in
            _ = try await eventually(within: 0.5) { false }
            try broker.createTopic("c.a")
            try broker.write([TestRecord(value: "1")], to: "c.a")
            try await expectEventually { try values("c.a.enc", broker) == ["1"] }
        }
    }

    @Test("halts a partition of one topic, and goes on with the others and after a restart")
    func halts() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        for topic in ["c.a", "c.b"] { try broker.createTopic(topic) }
        try broker.write([TestRecord(value: "1"), TestRecord(value: "poison"), TestRecord(value: "2")], to: "c.a")
        try broker.write([TestRecord(value: "1"), TestRecord(value: "2")], to: "c.b")
        for _ in 0..<2 {
            try await withRunning(pair(broker)) { runner in
                try await expectEventually {
                    try values("c.b.enc", broker).count >= 2 && runner.status.haltedPartitions.count == 1
                }
                let halted = try #require(runner.status.haltedPartitions.first)
                #expect(halted.topic == "c.a" && halted.next == 1)
            }
        }
        #expect(try values("c.a.enc", broker) == ["1"])
        #expect(try values("c.b.enc", broker) == ["1", "2"])
    }

    @Test("gives up a topic that is deleted, and goes on with the others")
    func deleted() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        for topic in ["c.a", "c.b"] {
            try broker.createTopic(topic)
            try broker.write([TestRecord(value: "1")], to: topic)
        }
        try await withRunning(pair(broker)) { runner in
            try await expectEventually {
                try values("c.a.enc", broker).count == 1 && values("c.b.enc", broker).count == 1
            }
            try broker.deleteTopic("c.a")
            try await expectEventually { runner.status.workers[0].partitions.map(\.topic) == ["c.b"] }
            try broker.write([TestRecord(value: "2")], to: "c.b")
            try await expectEventually { try values("c.b.enc", broker) == ["1", "2"] }
        }
    }

    @Test("reads the partitions that a topic is given later")
    func grown() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("c.a")
        var pair = try pair(broker)
        pair.kafka.consumer["topic.metadata.refresh.interval.ms"] = "1000"
        try await withRunning(pair) { runner in
            try await expectEventually { runner.status.workers[0].partitions.count == 1 }
            try broker.admin().grow(topic: "c.a", to: 3, timeout: 10_000)
            try broker.write([TestRecord(partition: 2, value: "1")], to: "c.a")
            try await expectEventually { try broker.read("c.a.enc").map(\.partition) == [2] }
        }
    }

    @Test("refuses a record that one target does not take, though another would")
    func tooLarge() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("c.a")
        try broker.createTopic("c.a.enc", settings: ["max.message.bytes": "5000"])
        try broker.createTopic("c.b")
        let large = String(repeating: "x", count: 100_000)
        try broker.write([TestRecord(value: "1"), TestRecord(value: large)], to: "c.a")
        try broker.write([TestRecord(value: large)], to: "c.b")
        try await withRunning(pair(broker)) { runner in
            try await expectEventually {
                try values("c.b.enc", broker) == [large]
                    && runner.status.haltedPartitions.first?.halt?.code == "record_too_large"
            }
            #expect(runner.status.haltedPartitions.map(\.topic) == ["c.a"])
        }
        #expect(try values("c.a.enc", broker) == ["1"])
    }

    @Test("takes new clients for a later target that takes smaller batches, and loses nothing")
    func smallerTarget() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("c.a")
        try broker.createTopic("c.b.enc", settings: ["max.message.bytes": "5000"])
        let records = (0..<200).map { TestRecord(value: "\($0) \(String(repeating: "x", count: 1_000))") }
        try await withRunning(pair(broker)) { runner in
            try await expectEventually { runner.status.workers[0].partitions.count == 1 }
            try broker.createTopic("c.b")
            try broker.write(records, to: "c.b")
            try broker.write(records, to: "c.a")
            try await expectEventually {
                try values("c.b.enc", broker).count == 200 && values("c.a.enc", broker).count == 200
            }
            #expect(runner.status.workers[0].counters.restarts == 0)
        }
        #expect(try values("c.b.enc", broker) == records.map(\.text))
    }

    @Test("Where a target may not be created, its topic is left alone, and the others are read")
    func targetMissing() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        for topic in ["c.a", "c.b", "c.b.enc"] { try broker.createTopic(topic) }
        for topic in ["c.a", "c.b"] { try broker.write([TestRecord(value: "1")], to: topic) }
        try await withRunning(pair(broker, target: .init(isCreated: false))) { runner in
            try await expectEventually { try values("c.b.enc", broker) == ["1"] }
            #expect(runner.status.workers[0].partitions.map(\.topic) == ["c.b"])
            try broker.createTopic("c.a.enc")
            try await expectEventually { try values("c.a.enc", broker) == ["1"] }
        }
    }
}
