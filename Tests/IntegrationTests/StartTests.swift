import KafkaClient
import Pipeline
import Testing

@Suite("Where a pair starts reading")
struct StartTests {
    private static let old = (0..<5).map { TestRecord(value: "\($0)", timestamp: 1_700_000_000_000 + Int64($0)) }

    private func brokerWithUsedTarget() async throws -> TestBroker {
        let broker = try await TestBroker.start()
        try broker.createTopic("source")
        try broker.createTopic("target")
        try broker.write([TestRecord(value: "before")], to: "target")
        try broker.write(Self.old, to: "source")
        return broker
    }

    @Test("A group without an offset whose target was used before halts, and says what to do")
    func usedTarget() async throws {
        let broker = try await brokerWithUsedTarget()
        defer { broker.stop() }
        let pair = TopicPair.test(broker)
        try await withRunning(pair) { runner in
            try await expectEventually { runner.status.haltedPartitions.first?.halt?.code == "no_committed_offset" }
        }
        #expect(try broker.read("target").map(\.text) == ["before"])
        #expect(try broker.committed(group: pair.groupID, topic: "source", partitions: 1).isEmpty)
    }

    @Test(
        "startFrom decides where there is no offset",
        arguments: [
            (TopicPair.StartPosition.earliest, ["0", "1", "2", "3", "4", "new"]), (.latest, ["new"]),
            (.time(1_700_000_000_003), ["3", "4", "new"]), (.time(1_800_000_000_000), ["new"]),
        ])
    func startFrom(position: TopicPair.StartPosition, expected: [String]) async throws {
        let broker = try await brokerWithUsedTarget()
        defer { broker.stop() }
        try await withRunning(.test(broker, startFrom: position)) { runner in
            try await expectEventually { runner.status.workers[0].partitions.count == 1 }
            try broker.write([TestRecord(value: "new")], to: "source")
            try await expectEventually { try broker.read("target").count >= expected.count + 1 }
        }
        #expect(try broker.read("target").map(\.text) == ["before"] + expected)
    }

    @Test("The start is committed before the first record, so that the next one needs no startFrom")
    func startIsCommitted() async throws {
        let broker = try await brokerWithUsedTarget()
        defer { broker.stop() }
        let pair = TopicPair.test(broker, startFrom: .latest)
        try await withRunning(pair) { runner in
            try await expectEventually { runner.status.workers[0].partitions.count == 1 }
        }
        #expect(try broker.committed(group: pair.groupID, topic: "source", partitions: 1) == [0: 5])
        try broker.write([TestRecord(value: "new")], to: "source")
        try await withRunning(.test(broker)) { _ in
            try await expectEventually { try broker.read("target").count == 2 }
        }
    }
}
