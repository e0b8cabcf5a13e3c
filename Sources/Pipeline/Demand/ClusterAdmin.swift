import KafkaClient

/// What demand and purging ask of a cluster; `Admin` is the real one.
protocol ClusterAdmin {
    func groups(timeout milliseconds: Int) throws(KafkaError) -> ConsumerGroupListing
    func describe(
        groups names: [String], timeout milliseconds: Int
    ) throws(KafkaError) -> [String: Result<ConsumerGroup, KafkaError>]
    func committedOffsets(
        ofGroup name: String, _ partitions: [TopicPartition], timeout milliseconds: Int
    ) throws(KafkaError) -> [TopicPartition]
    func watermarks(
        topic: String, partition: Int32, timeout milliseconds: Int
    ) throws(KafkaError) -> (low: Int64, high: Int64)
    func deleteRecords(before partitions: [TopicPartition], timeout milliseconds: Int) throws(KafkaError)
    func settings(ofTopic name: String, timeout milliseconds: Int) throws(KafkaError) -> [String: TopicSetting]
}

extension Admin: ClusterAdmin {}
