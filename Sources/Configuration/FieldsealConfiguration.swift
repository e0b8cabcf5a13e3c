import KeyManagement
import Pipeline
import SchemaRegistry

/// A whole, valid configuration.
public struct FieldsealConfiguration: Sendable {
    /// A pair and what it uses beyond Kafka.
    public struct Pair: Sendable, Equatable {
        /// The topics and what happens between them.
        public var topics: TopicPair
        /// The KMS it uses.
        public var keyManagement: KeyManagementSettings
        /// Whether `keyManagement` is the pair's own. Pairs without share one set of data keys; one with its own
        /// credentials must not share keys with any other.
        public var hasOwnKeyManagement: Bool
        /// The schema registry it asks, if any.
        public var schemaRegistry: SchemaRegistrySettings?
        /// Whether `schemaRegistry` is the pair's own.
        public var hasOwnSchemaRegistry: Bool
    }

    /// The topic that says what operators have decided.
    public struct Control: Sendable, Hashable {
        /// Its name.
        public var topic: String
        /// How its brokers are reached.
        public var kafka: TopicPair.KafkaSettings
    }

    /// A name that no other process has, for static membership; nil for dynamic membership.
    public var instance: String?
    /// Whether static members leave their groups on shutdown instead of keeping their places.
    public var leavesOnShutdown: Bool
    /// The KMS of pairs without their own.
    public var keyManagement: KeyManagementSettings
    /// The schema registry of pairs without their own.
    public var schemaRegistry: SchemaRegistrySettings?
    /// Where the audit trail goes.
    public var audit: AuditSettings
    /// SHA-256 of the file's text as it stands, before anything is filled in: 64 lower-case hexadecimal digits.
    public var hash = ""
    /// The control topic, if there is one.
    public var control: Control?
    /// The HTTP interface, if any.
    public var admin: AdminSettings?
    /// The pairs, at least one, in the order of the file.
    public var pairs: [Pair]

    /// A pair's topics as it runs beside the others: it waits for a source that another of them makes.
    public func topics(ofPair index: Int) -> TopicPair {
        var pair = pairs[index].topics
        pair.awaitsSource = pairs.contains { $0.topics.mayWrite(pair.source) }
        return pair
    }
}
