import Foundation
import KafkaClient
import Pipeline
import Records
import TestServers

/// A Kafka broker of a test's own.
final class TestBroker: Sendable {
    private let server: ServerProcess
    private let port: Int

    private init(server: ServerProcess, port: Int) {
        self.server = server
        self.port = port
    }

    /// Starts a broker and waits until it answers.
    static func start() async throws -> TestBroker {
        let folder = try ServerProcess.makeFolder()
        let port = try ServerProcess.freePort()
        return try await start(in: folder, port: port)
    }

    private static func start(in folder: URL, port: Int) async throws -> TestBroker {
        let server = try ServerProcess(
            "noida-db",
            arguments: ["start", "--only", "kafka", "--kafka-port", String(port), "--data-dir", folder.path],
            folder: folder)
        try await server.awaitPort(port)
        return TestBroker(server: server, port: port)
    }

    /// The value for `bootstrap.servers`.
    var bootstrapServers: String { "127.0.0.1:\(port)" }

    /// What a pair needs to reach it.
    var kafka: TopicPair.KafkaSettings {
        TopicPair.KafkaSettings(
            common: ["bootstrap.servers": bootstrapServers],
            // A fetch returns a partition's whole backlog here.
            consumer: ["receive.message.max.bytes": "1000000000"])
    }

    /// Ends the broker and removes its data.
    func stop() {
        server.stop()
    }

    /// Creates a topic that keeps records of any age.
    func createTopic(_ name: String, partitions: Int = 1, settings: [String: String] = [:]) throws {
        let settings = ["retention.ms": "-1"].merging(settings) { _, new in new }
        try admin().create(
            topic: name, partitions: partitions, replicationFactor: 1, settings: settings, timeout: 10_000)
    }

    /// Deletes a topic, by a tool of other people's: the product deletes none.
    func deleteTopic(_ name: String) throws {
        let script = """
            import sys
            from confluent_kafka.admin import AdminClient
            admin = AdminClient({"bootstrap.servers": sys.argv[1]})
            admin.delete_topics([sys.argv[2]])[sys.argv[2]].result(20)
            """
        _ = try CommandRun([ServerProcess.tools.appending(path: "python").path, "-c", script, bootstrapServers, name])
    }

    /// Deletes the records of a partition before an offset, by a tool of other people's.
    func deleteRecords(of topic: String, partition: Int32, before offset: Int64) throws {
        let script = """
            import sys
            from confluent_kafka import TopicPartition
            from confluent_kafka.admin import AdminClient
            limit = TopicPartition(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
            admin = AdminClient({"bootstrap.servers": sys.argv[1]})
            admin.delete_records([limit])[limit].result(20)
            """
        _ = try CommandRun([
            ServerProcess.tools.appending(path: "python").path, "-c", script, bootstrapServers, topic,
            "\(partition)", "\(offset)",
        ])
    }

    func admin() throws -> Admin {
        try Admin(settings: ["bootstrap.servers": bootstrapServers])
    }

    /// Writes `records` in their order.
    func write(_ records: [TestRecord], to topic: String) throws {
        let producer = try Producer(settings: [
            "bootstrap.servers": bootstrapServers, "enable.idempotence": "true",
            "delivery.report.only.error": "true",
        ])
        let target = try producer.open(topic: topic)
        for record in records {
            repeat {
                switch record.withView({ producer.produce($0, to: target) }) {
                case .queued: break
                case .queueFull:
                    producer.poll(milliseconds: 10)
                    continue
                case .tooLarge: throw KafkaError.undelivered(.messageTooLarge)
                case .failed(let error): throw error
                }
                break
            } while true
        }
        guard producer.flush(milliseconds: 20_000), producer.deliveryFailures == 0 else {
            throw KafkaError.undelivered(producer.takeDeliveryFailure() ?? .timedOut)
        }
    }

    /// Everything that is committed in `topic` now, by partition and in order; with what is not, where that is asked.
    func read(_ topic: String, isolation: String = "read_committed") throws -> [TestRecord] {
        guard let description = try admin().describe(topic: topic, timeout: 10_000) else { return [] }
        let consumer = try Consumer(settings: [
            "bootstrap.servers": bootstrapServers, "group.id": "test-\(UUID().uuidString)",
            "enable.auto.commit": "false", "isolation.level": isolation, "enable.partition.eof": "true",
            "receive.message.max.bytes": "1000000000", "auto.offset.reset": "earliest",
        ])
        defer { consumer.close() }
        var open = Set((0..<Int32(description.partitions)))
        try consumer.assign(open.map { TopicPartition(topic: topic, partition: $0, offset: 0) })
        var records: [TestRecord] = []
        let deadline = ContinuousClock.now.advanced(by: .seconds(30))
        while !open.isEmpty, ContinuousClock.now < deadline {
            do {
                if let record = try consumer.poll(milliseconds: 100) { records.append(TestRecord(copying: record)) }
            } catch {
                guard error.failure?.code == .partitionEnd, let partition = error.failure?.partition else {
                    throw error
                }
                open.remove(partition)
            }
        }
        return records.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }

    /// The committed offsets of a group, by partition.
    func committed(group: String, topic: String, partitions: Int) throws -> [Int32: Int64] {
        let consumer = try Consumer(settings: ["bootstrap.servers": bootstrapServers, "group.id": group])
        defer { consumer.close() }
        let list = (0..<Int32(partitions)).map { TopicPartition(topic: topic, partition: $0) }
        let found = try consumer.committed(list, timeout: 10_000)
        return Dictionary(uniqueKeysWithValues: found.filter { $0.offset >= 0 }.map { ($0.partition, $0.offset) })
    }
}
