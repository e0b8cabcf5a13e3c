import Pipeline
import Testing

@Suite("Records that can't be transformed")
struct HaltTests {
    @Test(
        "A record that fails for good halts its partition at it, and nothing else",
        arguments: TopicPair.Delivery.allCases)
    func permanentFailure(delivery: TopicPair.Delivery) async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        try broker.write(
            [
                TestRecord(partition: 0, value: "a"), TestRecord(partition: 0, value: "b"),
                TestRecord(partition: 0, value: "poison"), TestRecord(partition: 0, value: "never"),
                TestRecord(partition: 1, value: "c"),
            ], to: "source")
        let pair = TopicPair.test(broker, delivery: delivery)
        try await withRunning(pair) { runner in
            try await expectEventually {
                try broker.read("target").count == 3 && !runner.status.haltedPartitions.isEmpty
            }
            let halted = try #require(runner.status.haltedPartitions.first)
            #expect(halted.partition == 0 && halted.next == 2 && !halted.isRetrying)
            #expect(
                halted.halt == HaltCause(code: "malformed_payload", message: "The value is not valid.", field: "ssn"))
            try broker.write([TestRecord(partition: 1, value: "d")], to: "source")
            try await expectEventually { try broker.read("target").count == 4 }
        }
        #expect(try broker.read("target").map(\.text) == ["a", "b", "c", "d"])
        #expect(try broker.committed(group: pair.groupID, topic: "source", partitions: 2) == [0: 2, 1: 2])
        // A new start meets the same record, and still writes nothing twice.
        try await withRunning(pair) { runner in
            try await expectEventually { runner.status.haltedPartitions.first?.next == 2 }
        }
        #expect(try broker.read("target").map(\.text) == ["a", "b", "c", "d"])
    }

    @Test("A partition that lacks a key goes on by itself, in order, once the KMS answers")
    func transientFailure() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        try broker.write(
            ["a", "silent", "b", "c"].map { TestRecord(partition: 0, value: $0) }
                + [TestRecord(partition: 1, value: "d")], to: "source")
        let gate = TestTransform.Gate()
        try await withRunning(.test(broker), gate: gate) { runner in
            try await expectEventually {
                try broker.read("target").count == 2 && !runner.status.haltedPartitions.isEmpty
            }
            #expect(runner.status.haltedPartitions.map(\.isRetrying) == [true])
            #expect(runner.status.haltedPartitions.map(\.halt?.code) == ["key_unavailable"])
            gate.open()
            try await expectEventually { try broker.read("target").count == 5 }
            try await expectEventually { runner.status.haltedPartitions.isEmpty }
        }
        #expect(try broker.read("target").map(\.text) == ["a", "silent", "b", "c", "d"])
    }

    @Test("A record that is larger than the target takes halts its partition before anything of it is sent")
    func tooLarge() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        try broker.createTopic("target", settings: ["max.message.bytes": "2000"])
        try broker.write(
            [TestRecord(value: "a"), TestRecord(value: String(repeating: "x", count: 3_000)), TestRecord(value: "b")],
            to: "source")
        try await withRunning(.test(broker)) { runner in
            try await expectEventually { runner.status.haltedPartitions.first?.halt?.code == "record_too_large" }
        }
        #expect(try broker.read("target").map(\.text) == ["a"])
    }
}
