import KafkaClient

/// How many records of a topic a consumer group has committed, asked again and again.
final class GroupProgress {
    private let consumer: Consumer
    private let partitions: [TopicPartition]

    init(of group: String, in topic: String, partitions: Int32, at broker: TestBroker) throws {
        // Offsets of an open transaction count as not committed, rather than being waited for: its owner may be dead.
        consumer = try Consumer(settings: [
            "bootstrap.servers": broker.bootstrapServers, "group.id": group, "isolation.level": "read_uncommitted",
        ])
        self.partitions = (0..<partitions).map { TopicPartition(topic: topic, partition: $0) }
    }

    deinit {
        consumer.close()
    }

    /// The records before the committed offsets, in all partitions, of a topic that begins at 0.
    var records: Int {
        get throws {
            try consumer.committed(partitions, timeout: 10_000).reduce(0) { $0 + Int(max($1.offset, 0)) }
        }
    }
}
