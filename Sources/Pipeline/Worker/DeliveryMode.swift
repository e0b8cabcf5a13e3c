import KafkaClient

/// How a run of records and its offsets are made to last together.
///
/// The calls repeat what Kafka says may be repeated, until `deadline` (`MonotonicClock` milliseconds).
protocol DeliveryMode: AnyObject {
    /// Called before the first record is produced.
    func begin() throws(KafkaError)
    /// Delivers what was produced and commits `offsets`.
    func commit(_ offsets: [TopicPartition], consumer: Consumer, deadline: Int64) throws(KafkaError)
    /// Gives up what was produced since `begin`, as far as that can be done.
    func abort(deadline: Int64) throws(KafkaError)
}
