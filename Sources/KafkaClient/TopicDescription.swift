/// What a cluster tells about a topic.
public struct TopicDescription: Hashable, Sendable {
    /// The topic's name.
    public var name: String
    /// How many partitions it has; they are numbered from 0.
    public var partitions: Int
    /// How many replicas its first partition has.
    public var replicationFactor: Int
}
