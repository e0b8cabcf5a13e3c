internal import CRdKafka

/// What a cluster tells about a consumer group.
public struct ConsumerGroup: Hashable, Sendable {
    /// How a group is.
    public enum State: Hashable, Sendable {
        /// Its members have their partitions.
        case stable
        /// Partitions are being given out anew.
        case rebalancing
        /// It has no members.
        case empty
        /// There is no such group, or only the newer protocol, which this client does not speak, tells of it.
        case dead
        /// The cluster does not say.
        case unknown

        init(_ state: rd_kafka_consumer_group_state_t) {
            switch state {
            case RD_KAFKA_CONSUMER_GROUP_STATE_STABLE: self = .stable
            case RD_KAFKA_CONSUMER_GROUP_STATE_PREPARING_REBALANCE,
                RD_KAFKA_CONSUMER_GROUP_STATE_COMPLETING_REBALANCE:
                self = .rebalancing
            case RD_KAFKA_CONSUMER_GROUP_STATE_EMPTY: self = .empty
            case RD_KAFKA_CONSUMER_GROUP_STATE_DEAD: self = .dead
            default: self = .unknown
            }
        }
    }

    /// Its name.
    public var id: String
    /// How it is.
    public var state: State
    /// The partitions of all its members; empty where the group was only listed.
    public var assignments: [TopicPartition]

    /// Makes a value.
    public init(id: String, state: State, assignments: [TopicPartition] = []) {
        self.id = id
        self.state = state
        self.assignments = assignments
    }
}
