public import Pipeline

/// A pair that runs in this process, as this room sees it.
public protocol RunningPair: Sendable {
    /// What it does.
    var pair: TopicPair { get }
    /// How far it is; cheap, from any thread.
    var status: PairStatus { get }
}

extension PairRunner: RunningPair {}
