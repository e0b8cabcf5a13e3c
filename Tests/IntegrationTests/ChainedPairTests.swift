import Pipeline
import Testing

@Suite("A pair that reads what another pair of its process writes")
struct ChainedPairTests {
    private func mirror(_ broker: TestBroker, awaitsSource: Bool) -> TopicPair {
        var pair = TopicPair.test(broker, instance: "mirror")
        pair.name = "mirror"
        pair.source = "target"
        pair.target = "clear"
        pair.groupID = "mirror"
        pair.awaitsSource = awaitsSource
        return pair
    }

    @Test("waits until its source is made, and reads it from its start")
    func waitsForItsSource() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        let written = [TestRecord(key: "a", value: "1"), TestRecord(key: "b", value: nil)]
        try broker.write(written, to: "source")
        try await withRunning(mirror(broker, awaitsSource: true)) { _ in
            try await withRunning(.test(broker)) { _ in
                try await expectEventually { try broker.read("clear").count >= written.count }
            }
        }
        #expect(try broker.read("clear").map(\.content) == written)
    }

    @Test("stops without an error while it waits")
    func stopsWhileItWaits() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try await withRunning(mirror(broker, awaitsSource: true)) { _ in
            // Long enough for it to look for its source, and to be refused without the wait.
            _ = try await eventually(within: 0.5) { false }
        }
        #expect(try broker.admin().describe(topic: "clear", timeout: 10_000) == nil)
    }

    @Test("does not start where nobody makes its source")
    func refusesAMissingSource() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        await #expect(throws: PipelineError.self) {
            try await withRunning(mirror(broker, awaitsSource: false)) { _ in }
        }
    }
}
