/// The consumer groups of a cluster, as far as it tells of them.
public struct ConsumerGroupListing: Sendable {
    /// The groups that the client may see, without their assignments, in no order.
    public var groups: [ConsumerGroup]
    /// What brokers answered instead of their groups.
    public var failures: [KafkaError]

    /// Makes a value.
    public init(groups: [ConsumerGroup], failures: [KafkaError] = []) {
        self.groups = groups
        self.failures = failures
    }
}
