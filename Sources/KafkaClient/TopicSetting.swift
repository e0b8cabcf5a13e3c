/// A topic's setting, as DescribeConfigs tells it.
public struct TopicSetting: Hashable, Sendable {
    /// The value as text.
    public var value: String
    /// Whether nobody set it for this topic: the cluster's or Kafka's default.
    public var isDefault: Bool

    /// Makes a value.
    public init(value: String, isDefault: Bool) {
        self.value = value
        self.isDefault = isDefault
    }
}
