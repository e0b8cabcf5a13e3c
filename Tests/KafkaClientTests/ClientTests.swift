import Records
import Testing

@testable import KafkaClient

@Suite("Clients on librdkafka's mock cluster")
struct ClientTests {
    private struct Copy: Equatable {
        var key: [UInt8]?
        var value: [UInt8]?
        var headers: [[UInt8]?] = []
        var timestamp: Int64
    }

    private func cluster(partitions: Int = 1) throws -> MockCluster {
        let cluster = try MockCluster()
        try cluster.createTopic("topic", partitions: partitions)
        return cluster
    }

    private func consumer(_ cluster: MockCluster, group: String = "group") throws -> Consumer {
        try Consumer(settings: [
            "bootstrap.servers": cluster.bootstrapServers, "group.id": group, "enable.auto.commit": "false",
            "auto.offset.reset": "error",
        ])
    }

    private func producer(_ cluster: MockCluster, _ settings: [String: String] = [:]) throws -> Producer {
        try Producer(
            settings: ["bootstrap.servers": cluster.bootstrapServers, "delivery.report.only.error": "true"].merging(
                settings
            ) { $1 })
    }

    private func withRecord<Result>(
        key: [UInt8]?, value: [UInt8]?, headers: [(name: [UInt8], value: [UInt8]?)] = [], partition: Int32 = 0,
        timestamp: Int64 = 1_700_000_000_000, _ body: (RecordView) -> Result
    ) -> Result {
        let buffer = OutputBuffer(capacity: 1 << 20)
        func place(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
            let start = buffer.count
            buffer.append(bytes)
            return UnsafeRawBufferPointer(rebasing: buffer.bytes[start...])
        }
        // An empty slice must not turn into null.
        buffer.append(0)
        let list = HeaderList()
        for header in headers { list.append(HeaderView(name: place(header.name), value: header.value.map(place))) }
        let view = RecordView(
            topic: UnsafeRawBufferPointer(start: nil, count: 0), partition: partition, offset: 0,
            timestamp: timestamp, key: key.map(place), value: value.map(place), headers: list.views)
        return withExtendedLifetime((buffer, list)) { body(view) }
    }

    /// The next records, copied.
    private func read(_ count: Int, from consumer: Consumer) throws -> [Copy] {
        var copies: [Copy] = []
        let deadline = ContinuousClock.now.advanced(by: .seconds(20))
        while copies.count < count, ContinuousClock.now < deadline {
            guard let record = try consumer.poll(milliseconds: 100) else { continue }
            copies.append(
                Copy(
                    key: record.key.map(Array.init), value: record.value.map(Array.init),
                    headers: record.headers.flatMap { [Array($0.name), $0.value.map(Array.init)] },
                    timestamp: record.timestamp))
        }
        return copies
    }

    @Test(
        "Null and empty stay distinct in key, value and headers",
        arguments: [[UInt8]?.none, [], [0], [1, 0, 2]], [[UInt8]?.none, [], [0], [0xFF]])
    func nullAndEmpty(key: [UInt8]?, value: [UInt8]?) throws {
        let cluster = try cluster()
        let producer = try producer(cluster)
        let topic = try producer.open(topic: "topic")
        let headers: [(name: [UInt8], value: [UInt8]?)] = [
            ([0x68], key), ([0x68], value), ([], []), ([0xFF, 0xFE], nil),
        ]
        let outcome = withRecord(key: key, value: value, headers: headers, { producer.produce($0, to: topic) })
        guard case .queued = outcome else {
            Issue.record("not queued")
            return
        }
        #expect(producer.flush(milliseconds: 10_000))
        let consumer = try consumer(cluster)
        defer { consumer.close() }
        try consumer.assign([TopicPartition(topic: "topic", partition: 0, offset: 0)])
        let expected = Copy(
            key: key, value: value, headers: headers.flatMap { [$0.name, $0.value] }, timestamp: 1_700_000_000_000)
        #expect(try read(1, from: consumer) == [expected])
    }

    @Test("A seek goes back, and a paused partition gives nothing until it is resumed")
    func seekAndPause() throws {
        let cluster = try cluster(partitions: 2)
        let producer = try producer(cluster)
        let topic = try producer.open(topic: "topic")
        for partition in [Int32(0), 1] {
            for number in UInt8(0)..<3 {
                _ = withRecord(
                    key: nil, value: [UInt8(partition), number], partition: partition,
                    { producer.produce($0, to: topic) })
            }
        }
        #expect(producer.flush(milliseconds: 10_000))
        let consumer = try consumer(cluster)
        defer { consumer.close() }
        let partitions = [Int32(0), 1].map { TopicPartition(topic: "topic", partition: $0, offset: 0) }
        try consumer.assign(partitions)
        #expect(try read(6, from: consumer).count == 6)
        try consumer.pause([partitions[0]])
        var goal = partitions
        goal[0].offset = 1
        goal[1].offset = 2
        try consumer.seek(goal, timeout: 5_000)
        #expect(try read(1, from: consumer).map(\.value) == [[1, 2]])
        #expect(try consumer.poll(milliseconds: 300) == nil)
        try consumer.resume([partitions[0]])
        #expect(try read(2, from: consumer).map(\.value) == [[0, 1], [0, 2]])
    }

    @Test("Committed offsets are read back, and their absence is told apart from 0")
    func committed() throws {
        let cluster = try cluster(partitions: 2)
        let consumer = try consumer(cluster)
        defer { consumer.close() }
        let partitions = [Int32(0), 1].map { TopicPartition(topic: "topic", partition: $0, offset: 0) }
        try consumer.commit([partitions[0]], timeout: 10_000)
        let found = try consumer.committed(partitions, timeout: 10_000)
        #expect(found.map(\.offset) == [0, TopicPartition.noOffset])
    }

    @Test("A record larger than the limit is refused before anything of it is queued")
    func tooLarge() throws {
        let producer = try producer(cluster(), ["message.max.bytes": "1000"])
        let topic = try producer.open(topic: "topic")
        let outcome = withRecord(
            key: nil, value: [UInt8](repeating: 7, count: 2_000), { producer.produce($0, to: topic) })
        guard case .tooLarge = outcome else {
            Issue.record("taken")
            return
        }
        #expect(producer.flush(milliseconds: 10_000))
    }

    @Test("A full queue says so, headers or not, and takes the record once there is room")
    func queueFull() throws {
        let cluster = try cluster()
        let producer = try producer(cluster, ["queue.buffering.max.messages": "1", "linger.ms": "100"])
        let topic = try producer.open(topic: "topic")
        var wasFull = false
        for _ in 0..<3 {
            while true {
                let outcome = withRecord(
                    key: nil, value: [1], headers: [([0x68], [2])], { producer.produce($0, to: topic) })
                if case .queued = outcome { break }
                guard case .queueFull = outcome else {
                    Issue.record("neither queued nor full")
                    return
                }
                wasFull = true
                producer.poll(milliseconds: 50)
            }
        }
        #expect(wasFull)
    }

    @Test("A failed delivery is counted and its code kept")
    func deliveryFailure() throws {
        let cluster = try cluster()
        let producer = try producer(cluster)
        let topic = try producer.open(topic: "topic")
        cluster.fail(.produce, with: [.topicAuthorizationFailed])
        _ = withRecord(key: nil, value: [1], { producer.produce($0, to: topic) })
        #expect(producer.flush(milliseconds: 10_000))
        #expect(producer.deliveryFailures == 1)
        #expect(producer.takeDeliveryFailure() == .topicAuthorizationFailed)
        #expect(producer.takeDeliveryFailure() == nil)
    }

    @Test("A topic is described")
    func describe() throws {
        let cluster = try cluster(partitions: 3)
        let admin = try Admin(settings: ["bootstrap.servers": cluster.bootstrapServers])
        #expect(
            try admin.describe(topic: "topic", timeout: 10_000)
                == TopicDescription(name: "topic", partitions: 3, replicationFactor: 1))
    }
}
