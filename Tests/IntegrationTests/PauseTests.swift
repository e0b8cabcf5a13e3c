import Logging
import Pipeline
import Testing

@Suite("Pauses and skips of a running pair")
struct PauseTests {
    private func openControl(_ broker: TestBroker) throws -> ControlTopic {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let topic = ControlTopic(topic: "control", kafka: broker.kafka, logger: quiet)
        try topic.open(within: 30_000)
        return topic
    }

    private static let pause = ControlEntry.Pause(pair: "test", actor: "ann", reason: "a look", time: 1)

    private func skip(_ offset: Int64, partition: Int32 = 0) -> ControlEntry.Skip {
        .init(
            pair: "test", topic: "source", partition: partition, offset: offset, actor: "ann", reason: "junk", time: 1)
    }

    @Test(
        "A paused pair keeps its partitions, writes nothing, also after a restart, and goes on where it stood",
        arguments: TopicPair.Delivery.allCases)
    func pause(delivery: TopicPair.Delivery) async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        let control = try openControl(broker)
        defer { control.stop() }
        let pair = TopicPair.test(broker, delivery: delivery)
        func write(_ text: String) throws {
            try broker.write((0..<2).map { TestRecord(partition: $0, value: text) }, to: "source")
        }
        try write("a")
        try await withRunning(pair, services: PairServices(control: control)) { runner in
            try await expectEventually { try broker.read("target").count == 2 }
            try control.put(.pause(Self.pause), within: 20_000)
            try await expectEventually { runner.status.idle?.code == "paused" }
            try write("b")
            try await Task.sleep(for: .milliseconds(500))
            #expect(runner.status.workers[0].partitions.map(\.next) == [1, 1])
            #expect(runner.status.haltedPartitions.isEmpty)
        }
        try await withRunning(pair, services: PairServices(control: control)) { runner in
            try await expectEventually { runner.status.workers[0].partitions.count == 2 }
            try await Task.sleep(for: .milliseconds(500))
            #expect(runner.status.idle?.message == "Paused by ann: a look")
            #expect(try broker.read("target").count == 2)
            try control.remove(.pause(pair: "test"), within: 20_000)
            try await expectEventually { try broker.read("target").count == 4 }
            try await expectEventually { runner.status.idle == nil }
            try write("c")
            try await expectEventually { try broker.read("target").count == 6 }
        }
        #expect(try broker.read("target").map(\.text) == ["a", "b", "c", "a", "b", "c"])
        #expect(try broker.committed(group: pair.groupID, topic: "source", partitions: 2) == [0: 3, 1: 3])
    }

    @Test("Until the control topic has been read, nothing begins")
    func unread() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        try broker.write([TestRecord(value: "a")], to: "source")
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        // Nobody follows it.
        let control = ControlTopic(topic: "control", kafka: broker.kafka, logger: quiet)
        try await withRunning(.test(broker), services: PairServices(control: control)) { runner in
            try await expectEventually { runner.status.idle?.code == "control_unread" }
            try await expectEventually { runner.status.workers[0].partitions.count == 1 }
            #expect(try broker.read("target").isEmpty)
            try control.open(within: 20_000)
            try await expectEventually { try broker.read("target").count == 1 }
        }
        control.stop()
    }

    @Test(
        "A record that is asked to be left out is, once its partition stands at it, and only that one",
        arguments: TopicPair.Delivery.allCases)
    func skip(delivery: TopicPair.Delivery) async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        let control = try openControl(broker)
        defer { control.stop() }
        let pair = TopicPair.test(broker, delivery: delivery)
        let trail = RecordingTrail()
        // Noted before anything stands there; and one that comes too late.
        try control.put(.skip(skip(1)), within: 20_000)
        try broker.write(
            ["a", "poison", "b", "poison", "c"].map { TestRecord(partition: 0, value: $0) }
                + [TestRecord(partition: 1, value: "d")], to: "source")
        try await withRunning(pair, services: PairServices(audit: trail, control: control)) { runner in
            try await expectEventually { runner.status.haltedPartitions.first?.next == 3 }
            try await expectEventually { control.state == ControlState() }
            try control.put(.skip(skip(2)), within: 20_000)
            try await expectEventually { control.state == ControlState() }
            #expect(runner.status.haltedPartitions.first?.next == 3)
            try control.put(.skip(skip(3)), within: 20_000)
            try await expectEventually { try broker.read("target").count == 4 }
            try await expectEventually { runner.status.haltedPartitions.isEmpty && control.state == ControlState() }
            #expect(runner.status.workers[0].counters.recordsSkipped == 2)
        }
        #expect(try broker.read("target").map(\.text) == ["a", "b", "c", "d"])
        #expect(try broker.committed(group: pair.groupID, topic: "source", partitions: 2) == [0: 5, 1: 1])
        let skipped = trail.events.filter { $0.kind == .recordSkipped }
        #expect(skipped.map(\.offset) == [1, 3])
        #expect(skipped.allSatisfy { $0.actor == "ann" && $0.purpose == "junk" && $0.reason == "malformed_payload" })
        let halted = trail.events.filter { $0.kind == .partitionHalted }
        #expect(halted.map(\.offset) == [1, 3])
        #expect(trail.events.filter { $0.kind == .encryptionFailed }.count == 2)
    }
}
