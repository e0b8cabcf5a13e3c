public import KafkaClient

/// Where a pair's consumer group stands, asked without joining it; blocks.
public struct GroupPositions {
    private let consumer: Consumer
    /// How long one question may take, in milliseconds.
    private static let timeout = 10_000

    /// Makes ready to ask.
    public init(pair: TopicPair) throws(KafkaError) {
        let settings = ["client.id": "fieldseal"].merging(pair.kafka.common) { $1 }.merging(pair.kafka.consumer) { $1 }
        consumer = try Consumer(settings: settings.merging(["group.id": pair.groupID]) { $1 })
    }

    /// The offset that the group goes on with; nil where it has committed none.
    public func committed(topic: String, partition: Int32) throws(KafkaError) -> Int64? {
        let question = TopicPartition(topic: topic, partition: partition)
        let answer = try consumer.committed([question], timeout: Self.timeout).first?.offset ?? -1
        return answer >= 0 ? answer : nil
    }
}
