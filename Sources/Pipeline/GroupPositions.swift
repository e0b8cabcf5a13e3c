import KafkaClient

/// Where a pair's consumer group stands, asked without joining it; blocks.
public struct GroupPositions {
    private let pair: TopicPair
    /// How long one question may take, in milliseconds.
    private static let timeout = 10_000

    /// Makes ready to ask.
    public init(pair: TopicPair) {
        self.pair = pair
    }

    /// The offset that the group goes on with; nil where it has committed none.
    ///
    /// - Throws: `kafka` where it can't be asked.
    public func committed(topic: String, partition: Int32) throws(PipelineError) -> Int64? {
        let settings = ["client.id": "fieldseal"].merging(pair.kafka.common) { $1 }.merging(pair.kafka.consumer) { $1 }
        do throws(KafkaError) {
            let consumer = try Consumer(settings: settings.merging(["group.id": pair.groupID]) { $1 })
            let question = TopicPartition(topic: topic, partition: partition)
            let answer = try consumer.committed([question], timeout: Self.timeout).first?.offset ?? -1
            return answer >= 0 ? answer : nil
        } catch {
            throw .kafka(pair: pair.name, error)
        }
    }
}
