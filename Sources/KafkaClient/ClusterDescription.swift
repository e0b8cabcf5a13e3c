/// What a cluster tells about itself.
public struct ClusterDescription: Hashable, Sendable {
    /// Its id; nil where its brokers tell none (before Kafka 0.10.1).
    public var id: String?
    /// How many brokers answer for it now.
    public var brokers: Int
}
