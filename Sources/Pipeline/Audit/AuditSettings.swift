/// How the audit trail is kept.
public struct AuditSettings: Sendable, Hashable {
    /// How many events wait for the broker at most, unless said otherwise.
    public static let defaultBufferEvents = 10_000

    /// The topic that events go to; nil where the log alone has them.
    public var topic: String?
    /// Whether pairs stand still rather than go on without a trail.
    public var isRequired: Bool
    /// How many events wait for the broker at most.
    public var bufferEvents: Int
    /// Brokers and librdkafka properties.
    public var kafka: TopicPair.KafkaSettings

    /// Makes settings.
    public init(
        topic: String? = nil, isRequired: Bool = false, bufferEvents: Int = defaultBufferEvents,
        kafka: TopicPair.KafkaSettings = .init(common: [:])
    ) {
        self.topic = topic
        self.isRequired = isRequired
        self.bufferEvents = max(bufferEvents, 1)
        self.kafka = kafka
    }
}
