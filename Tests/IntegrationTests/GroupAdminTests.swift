import KafkaClient
import Testing

@Suite("What a cluster tells about consumer groups")
struct GroupAdminTests {
    private func consumer(_ broker: TestBroker, group: String) throws -> Consumer {
        try Consumer(settings: [
            "bootstrap.servers": broker.bootstrapServers, "group.id": group, "enable.auto.commit": "false",
            "auto.offset.reset": "earliest",
        ])
    }

    @Test("A live group is listed with its state and described with its partitions; one that left is empty")
    func lifeOfAGroup() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("topic", partitions: 3)
        let admin = try broker.admin()
        #expect(try admin.groups(timeout: 10_000).groups.isEmpty)
        let consumer = try consumer(broker, group: "readers")
        try consumer.subscribe(to: ["topic"])
        try await expectEventually {
            _ = try consumer.poll(milliseconds: 50)
            return try admin.groups(timeout: 10_000).groups == [ConsumerGroup(id: "readers", state: .stable)]
        }
        let described = try admin.describe(groups: ["readers", "nobody"], timeout: 10_000)
        let readers = try #require(described["readers"]).get()
        #expect(readers.state == .stable)
        #expect(Set(readers.assignments.map(\.partition)) == [0, 1, 2])
        #expect(Set(readers.assignments.map(\.topic)) == ["topic"])
        #expect(try #require(described["nobody"]).get() == ConsumerGroup(id: "nobody", state: .dead))
        consumer.close()
        try await expectEventually {
            try admin.describe(groups: ["readers"], timeout: 10_000)["readers"]?.get().state == .empty
        }
    }

    @Test("Committed offsets of any group are told, and their absence too")
    func offsets() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("topic", partitions: 2)
        let consumer = try consumer(broker, group: "readers")
        defer { consumer.close() }
        try consumer.commit([TopicPartition(topic: "topic", partition: 1, offset: 7)], timeout: 10_000)
        let question = [Int32(0), 1].map { TopicPartition(topic: "topic", partition: $0) }
        let admin = try broker.admin()
        let found = try admin.committedOffsets(ofGroup: "readers", question, timeout: 10_000)
        #expect(found.sorted { $0.partition < $1.partition }.map(\.offset) == [TopicPartition.noOffset, 7])
        let others = try admin.committedOffsets(ofGroup: "others", question, timeout: 10_000)
        #expect(others.allSatisfy { $0.offset == TopicPartition.noOffset })
    }

    @Test("A topic remembers a setting that its creator gave it")
    func mark() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("topic", settings: ["delete.retention.ms": "86400137", "segment.ms": "600000"])
        let settings = try broker.admin().settings(ofTopic: "topic", timeout: 10_000)
        #expect(settings["delete.retention.ms"]?.value == "86400137")
        #expect(settings["delete.retention.ms"]?.isDefault == false)
        #expect(settings["segment.ms"]?.value == "600000")
        #expect(settings["cleanup.policy"]?.value == "delete")
    }

    @Test("Deleted records are gone for readers, and offsets go on")
    func deletion() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("topic")
        try broker.write((0..<10).map { TestRecord(value: "\($0)") }, to: "topic")
        let admin = try broker.admin()
        try admin.deleteRecords(before: [TopicPartition(topic: "topic", partition: 0, offset: 4)], timeout: 10_000)
        #expect(try admin.watermarks(topic: "topic", partition: 0, timeout: 10_000) == (4, 10))
    }
}
