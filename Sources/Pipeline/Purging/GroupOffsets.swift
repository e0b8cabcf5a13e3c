import KafkaClient

/// How far consumer groups have read partitions.
struct GroupOffsets {
    /// The groups that were asked about, each with its committed offsets by partition (without offset).
    private var offsets: [String: [TopicPartition: Int64]] = [:]

    /// Asks for the offsets of `groups` on `partitions` (without offsets).
    ///
    /// - Parameter admin: the cluster.
    init(
        of groups: [String], on partitions: [TopicPartition], admin: any ClusterAdmin
    ) throws(KafkaError) {
        for group in groups {
            var found: [TopicPartition: Int64] = [:]
            let answer = try admin.committedOffsets(ofGroup: group, partitions, timeout: RecordPurger.timeout)
            for partition in answer where partition.offset >= 0 {
                found[TopicPartition(topic: partition.topic, partition: partition.partition)] = partition.offset
            }
            offsets[group] = found
        }
    }

    /// Keeps only groups that have committed something on any of the partitions, and those named.
    func keeping(_ names: Set<String>) -> GroupOffsets {
        var kept = self
        kept.offsets = offsets.filter { !$0.value.isEmpty || names.contains($0.key) }
        return kept
    }

    /// What a group has committed on a partition.
    func offset(of group: String, _ partition: TopicPartition) -> Int64? { offsets[group]?[partition] }

    /// What every group has read of a partition: nil where there is no group, or one that has committed nothing there.
    func lowest(_ partition: TopicPartition) -> Int64? {
        var lowest: Int64?
        for group in offsets.values {
            guard let offset = group[partition] else { return nil }
            lowest = min(lowest ?? offset, offset)
        }
        return lowest
    }

    /// What the slowest of the groups that have committed something on a partition has read.
    func lowestCommitted(_ partition: TopicPartition) -> Int64? {
        offsets.values.compactMap { $0[partition] }.min()
    }
}
