/// A topic that a pair reads, prepared, and the one that its records go to.
struct SourceTopic: Equatable, Sendable {
    /// Its name.
    var name: String
    /// The target's name.
    var target: String
    /// How many partitions it had when it was prepared.
    var partitions: Int
    /// How many partitions the target had then.
    var targetPartitions: Int
    /// `max.message.bytes` of the target.
    var maximumMessageBytes: Int
    /// Whether it was found while the pair was running, so that none of its records is older than the pair's wish to read it.
    var isLate = false
    /// Where its dead letters go, if it has any.
    var deadLetters: DeadLetterPlace?
}

extension SourceTopic {
    /// `max.message.bytes` of all topics that its records go to.
    var messageLimits: [Int] { [maximumMessageBytes] + (deadLetters.map { [$0.maximumMessageBytes] } ?? []) }

    /// The topic of a pair, as its preparation came out.
    init(_ pair: TopicPair, _ outcome: TopicPreparation.Outcome, isLate: Bool = false) {
        self.init(
            name: pair.source, target: pair.target, partitions: outcome.sourcePartitions,
            targetPartitions: outcome.targetPartitions, maximumMessageBytes: outcome.maximumMessageBytes,
            isLate: isLate, deadLetters: outcome.deadLetters)
    }
}
