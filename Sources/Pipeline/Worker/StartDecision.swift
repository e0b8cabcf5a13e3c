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
    ///   - isLate: whether the topic appeared while the pair was running; then its latest record is no older than the
    ///     pair's wish to read it, and `latest` would pass over what came before it was noticed.
    ///   - targetHighWatermark: the next offset of the target's partition; 0 means that nothing was ever written there,
    ///     so that starting over can repeat nothing.
    static func decide(
        committed: Int64?, startFrom: TopicPair.StartPosition?, isLate: Bool = false, targetHighWatermark: Int64,
        target: String
    ) -> StartDecision {
        if let committed { return .committed(committed) }
        if let startFrom {
            return .lookUp(startFrom == .latest && isLate && targetHighWatermark == 0 ? .earliest : startFrom)
        }
        return targetHighWatermark == 0 ? .lookUp(.earliest) : .halt(.noCommittedOffset(target: target))
    }
}
