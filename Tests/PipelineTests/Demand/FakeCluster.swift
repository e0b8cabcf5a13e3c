import KafkaClient

@testable import Pipeline

/// A cluster of which a test says everything.
final class FakeCluster: ClusterAdmin {
    var listing: Result<ConsumerGroupListing, KafkaError> = .success(ConsumerGroupListing(groups: []))
    var descriptions: [String: Result<ConsumerGroup, KafkaError>] = [:]
    /// Each group's committed offsets; a group without an entry refuses to tell.
    var offsets: [String: [TopicPartition: Int64]] = [:]
    var marks: [TopicPartition: (low: Int64, high: Int64)] = [:]
    var settings: [String: [String: TopicSetting]] = [:]
    var deletionFailure: KafkaError?
    private(set) var deleted: [TopicPartition] = []

    static let refusal = KafkaError.noAnswer("be allowed")

    func groups(timeout milliseconds: Int) throws(KafkaError) -> ConsumerGroupListing { try listing.get() }

    func describe(
        groups names: [String], timeout milliseconds: Int
    ) throws(KafkaError) -> [String: Result<ConsumerGroup, KafkaError>] {
        descriptions.filter { names.contains($0.key) }
    }

    func committedOffsets(
        ofGroup name: String, _ partitions: [TopicPartition], timeout milliseconds: Int
    ) throws(KafkaError) -> [TopicPartition] {
        guard let found = offsets[name] else { throw Self.refusal }
        return partitions.map {
            TopicPartition(topic: $0.topic, partition: $0.partition, offset: found[$0] ?? TopicPartition.noOffset)
        }
    }

    func watermarks(
        topic: String, partition: Int32, timeout milliseconds: Int
    ) throws(KafkaError) -> (low: Int64, high: Int64) {
        guard let marks = marks[TopicPartition(topic: topic, partition: partition)] else { throw Self.refusal }
        return marks
    }

    func deleteRecords(before partitions: [TopicPartition], timeout milliseconds: Int) throws(KafkaError) {
        if let deletionFailure { throw deletionFailure }
        deleted += partitions
        for partition in partitions {
            marks[TopicPartition(topic: partition.topic, partition: partition.partition)]?.low = partition.offset
        }
    }

    func settings(ofTopic name: String, timeout milliseconds: Int) throws(KafkaError) -> [String: TopicSetting] {
        settings[name] ?? [:]
    }
}
