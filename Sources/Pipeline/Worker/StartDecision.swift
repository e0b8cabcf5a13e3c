/// Where a partition's reading starts.
enum StartDecision: Equatable {
    /// At the group's committed offset.
    case committed(Int64)
    /// At a place that is yet to be looked up, and committed before the first record.
    case lookUp(TopicPair.StartPosition)
    /// Nowhere.
    case halt(HaltCause)

    /// Decides.
    ///
    /// - Parameters:
    ///   - committed: the group's offset, if it has one.
    ///   - startFrom: what the configuration says.
    ///   - targetHighWatermark: the next offset of the target's partition; 0 means that nothing was ever written there,
    ///     so that starting over can repeat nothing.
    static func decide(
        committed: Int64?, startFrom: TopicPair.StartPosition?, targetHighWatermark: Int64, target: String
    ) -> StartDecision {
        if let committed { return .committed(committed) }
        if let startFrom { return .lookUp(startFrom) }
        return targetHighWatermark == 0 ? .lookUp(.earliest) : .halt(.noCommittedOffset(target: target))
    }
}
