import KafkaClient

/// What demand and purging see of a pair's workers in this process, and do to them.
protocol PairWorkers: Sendable {
    /// Where the workers stand in each source partition that is theirs, as of their last commit or idle moment.
    var places: [TopicPartition] { get }

    /// Whether every worker stands still with nothing open, since there is no demand.
    var areAtRest: Bool { get }

    /// Lets the workers work, or lets them finish what is open and stand still.
    func setIdle(_ isIdle: Bool)
}
