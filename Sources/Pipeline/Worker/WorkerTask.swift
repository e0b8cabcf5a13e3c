import Transform

/// Everything a worker is given: what to do, under which name, and what was found out before it started.
struct WorkerTask: Sendable {
    var pair: TopicPair
    /// Its number within the pair, from 0.
    var number: Int
    var identity: WorkerIdentity
    /// `max.message.bytes` of the target.
    var maximumMessageBytes: Int
    /// Grows the target if need be and tells how many partitions it has; `known` is what the caller knows of the source.
    var targetPartitions: @Sendable (_ sourcePartitions: Int) -> Int
    var makeTransform: @Sendable (TopicPair) throws -> any RecordTransform
}
