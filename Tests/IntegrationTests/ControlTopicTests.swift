import KafkaClient
import Logging
import Pipeline
import Testing

@Suite("The control topic")
struct ControlTopicTests {
    private static let pause = ControlEntry.Pause(pair: "p", actor: "ann", reason: "a look", time: 1)

    private func open(_ broker: TestBroker, logger: Logger? = nil) throws -> ControlTopic {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let topic = ControlTopic(topic: "control", kafka: broker.kafka, logger: logger ?? quiet)
        try topic.open(within: 30_000)
        return topic
    }

    @Test("It is made when missing, compacted and with one partition")
    func creation() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        let topic = try open(broker)
        defer { topic.stop() }
        #expect(topic.isCaughtUp && topic.state == ControlState())
        let admin = try broker.admin()
        #expect(try admin.describe(topic: "control", timeout: 10_000)?.partitions == 1)
        #expect(try admin.settings(ofTopic: "control", timeout: 10_000)["cleanup.policy"]?.value == "compact")
    }

    @Test("What one process writes, all see, also those that start later, until it is taken back")
    func sharing() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        let first = try open(broker)
        let second = try open(broker)
        defer {
            first.stop()
            second.stop()
        }
        let before = first.version
        try first.put(.pause(Self.pause), within: 20_000)
        // Whoever wrote it has read it back.
        #expect(first.state.pause(ofPair: "p") == Self.pause && first.version > before)
        try await expectEventually { second.state.pause(ofPair: "p") == Self.pause }
        let third = try open(broker)
        defer { third.stop() }
        #expect(third.state.pause(ofPair: "p") == Self.pause)
        try third.remove(.pause(pair: "p"), within: 20_000)
        #expect(third.state == ControlState())
        try await expectEventually { first.state == ControlState() && second.state == ControlState() }
        try first.put(.pause(Self.pause), within: 20_000)
        first.removeSoon(.pause(pair: "p"))
        try await expectEventually { first.version >= before + 4 && first.state == ControlState() }
    }

    @Test("What is no entry is ignored, and said so once")
    func hostile() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("control", settings: ["cleanup.policy": "compact"])
        try broker.write(
            [
                TestRecord(key: "pause/p", value: "{"),
                TestRecord(key: "pause/p", value: String(repeating: "x", count: 300_000)),
                TestRecord(key: "wish/p", value: #"{"v":1,"wish":{}}"#),
                TestRecord(
                    key: "pause/q", value: #"{"v":1,"pause":{"pair":"q","actor":"a","reason":"r","time":5,"more":1}}"#),
            ], to: "control")
        let recorder = LogRecorder()
        let topic = try open(broker, logger: recorder.logger)
        defer { topic.stop() }
        #expect(topic.state.entries.count == 1)
        #expect(topic.state.pause(ofPair: "q")?.time == 5)
        #expect(recorder.lines.count { $0.message.contains("is ignored") } == 1)
    }

    @Test("A topic with several partitions, or one that forgets by age, is refused")
    func refused() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("control", partitions: 2, settings: ["cleanup.policy": "compact"])
        #expect(performing: { _ = try open(broker) }, throws: { ($0 as? PipelineError)?.kind == .configuration })
        try broker.deleteTopic("control")
        try await expectEventually { try broker.admin().describe(topic: "control", timeout: 10_000) == nil }
        try broker.createTopic("control", settings: ["cleanup.policy": "delete"])
        #expect(performing: { _ = try open(broker) }, throws: { ($0 as? PipelineError)?.kind == .configuration })
    }

    @Test("Without a broker it says that nobody answered, and nothing is taken for read")
    func silent() throws {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let topic = ControlTopic(
            topic: "control", kafka: .init(common: ["bootstrap.servers": "127.0.0.1:1"]), logger: quiet)
        defer { topic.stop() }
        #expect(performing: { try topic.open(within: 500) }, throws: { ($0 as? PipelineError)?.kind == .unreachable })
        #expect(!topic.isCaughtUp)
        #expect(
            performing: { try topic.put(.pause(Self.pause), within: 100) },
            throws: { ($0 as? PipelineError)?.kind == .unreachable })
    }
}
