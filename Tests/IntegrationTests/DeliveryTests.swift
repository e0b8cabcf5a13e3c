import Pipeline
import Testing

@Suite("Records on their way through a pair")
struct DeliveryTests {
    @Test("Key, value, headers, timestamp, partition and order are kept", arguments: TopicPair.Delivery.allCases)
    func contentIsKept(delivery: TopicPair.Delivery) async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 3)
        let written = [
            TestRecord(
                partition: 0, key: "a", value: "1", headers: [.init("h", "x"), .init("h", nil), .init("h", "x")]),
            TestRecord(partition: 0, key: "a", value: nil, headers: [.init("empty", "")]),
            TestRecord(partition: 0, key: "", value: "", timestamp: 1_600_000_000_001),
            TestRecord(partition: 1, key: nil, value: "2", headers: [.init("", "no name")]),
            TestRecord(partition: 2, key: nil, value: nil),
        ]
        try broker.write(written, to: "source")
        try await withRunning(.test(broker, delivery: delivery)) { _ in
            try await expectEventually { try broker.read("target").count >= written.count }
        }
        #expect(try broker.read("target").map(\.content) == written)
        let independent = try IndependentReader.read("target", count: written.count, from: broker.bootstrapServers)
        #expect(independent.map(\.content) == written)
    }
}
