import KafkaClient

extension TopicRange {
    /// The first offset of a partition's part and the one after its last; nil where the partition is left out.
    ///
    /// - Parameters:
    ///   - partition: the partition's number.
    ///   - topic: the topic.
    ///   - consumer: asks the brokers; one that reads committed records only ends before the first open transaction.
    ///   - milliseconds: how long one question may take.
    func offsets(
        of partition: Int32, topic: String, consumer: Consumer, timeout milliseconds: Int
    ) throws(KafkaError) -> (start: Int64, end: Int64)? {
        let marks = try consumer.watermarks(topic: topic, partition: partition, timeout: milliseconds)
        func offset(at bound: Bound?, or other: Int64?) throws(KafkaError) -> Int64? {
            switch bound {
            case nil: return other
            case .end: return marks.high
            case .offsets(let offsets): return offsets[partition] ?? nil
            case .time(let time):
                let question = TopicPartition(topic: topic, partition: partition, offset: time)
                let found = try consumer.offsets(forTimes: [question], timeout: milliseconds).first?.offset ?? -1
                return found >= 0 ? found : marks.high
            }
        }
        guard let start = try offset(at: from, or: marks.low) else { return nil }
        let end = try offset(at: until, or: marks.high) ?? marks.high
        return (max(start, marks.low), min(end, marks.high))
    }
}
