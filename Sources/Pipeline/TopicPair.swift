import Transform

/// A source topic, a target topic, and what happens between them.
public struct TopicPair: Sendable, Equatable {
    /// The direction and its rules.
    public enum Action: Sendable, Equatable {
        /// Seal fields.
        case encrypt(EncryptionRules)
        /// Open fields.
        case decrypt(DecryptionRules)
    }

    /// How records are written.
    public enum Delivery: String, CaseIterable, Sendable {
        /// Records and offsets in one Kafka transaction.
        case exactlyOnce = "exactly_once"
        /// Records first, offsets after: a crash may repeat some.
        case atLeastOnce = "at_least_once"
    }

    /// Where reading starts on a partition without a committed offset.
    public enum StartPosition: Hashable, Sendable {
        /// The first record that the source still has.
        case earliest
        /// After the last record.
        case latest
        /// The first record at or after this time, in milliseconds since the Unix epoch.
        case time(Int64)
    }

    /// When a transaction ends: whichever comes first.
    public struct CommitLimits: Hashable, Sendable {
        /// Milliseconds since its first record.
        public var intervalMilliseconds: Int
        /// Records in it.
        public var records: Int
        /// Bytes of keys, values and headers written in it.
        public var bytes: Int

        /// Makes limits.
        public init(intervalMilliseconds: Int = 100, records: Int = 10_000, bytes: Int = 67_108_864) {
            self.intervalMilliseconds = intervalMilliseconds
            self.records = records
            self.bytes = bytes
        }
    }

    /// How a missing target is made.
    public struct TargetTopic: Hashable, Sendable {
        /// Whether a missing target is created, and one with too few partitions grown.
        public var isCreated: Bool
        /// Partitions; the source's when nil.
        public var partitions: Int?
        /// Replication factor; the source's when nil.
        public var replicationFactor: Int?
        /// Topic settings that override those copied from the source.
        public var configuration: [String: String]

        /// Makes a description.
        public init(
            isCreated: Bool = true, partitions: Int? = nil, replicationFactor: Int? = nil,
            configuration: [String: String] = [:]
        ) {
            self.isCreated = isCreated
            self.partitions = partitions
            self.replicationFactor = replicationFactor
            self.configuration = configuration
        }
    }

    /// The Kafka side of a pair: librdkafka properties by name, passed on as they are.
    public struct KafkaSettings: Hashable, Sendable {
        /// For both clients.
        public var common: [String: String]
        /// For consumers only, over `common`.
        public var consumer: [String: String]
        /// For producers only, over `common`.
        public var producer: [String: String]

        /// Makes settings.
        public init(
            common: [String: String], consumer: [String: String] = [:], producer: [String: String] = [:]
        ) {
            self.common = common
            self.consumer = consumer
            self.producer = producer
        }
    }

    /// The name, unique in a configuration.
    public var name: String
    /// The topic that is read, or a regular expression that begins with `^` for every topic that it matches.
    public var source: String
    /// The topics that a pattern never matches.
    public var excludedTopics = ExcludedTopics()
    /// Whether a source that is not there yet is waited for, since another pair of this process makes it; without, the pair
    /// refuses to start.
    public var awaitsSource = false
    /// When the pair works only on demand; nil where it always works.
    public var demand: DemandSettings?
    /// When the source's records are deleted after they were encrypted; nil where they stay.
    public var purgeSource: SourcePurgeSettings?
    /// The topic that is written; of a pair that reads a pattern a `TopicTemplate`.
    public var target: String
    /// How a missing target is made.
    public var targetTopic: TargetTopic
    /// The consumer group.
    public var groupID: String
    /// A name that no other process has, for static membership; nil for dynamic membership.
    public var instance: String?
    /// Whether a static member leaves its group on shutdown instead of keeping its place.
    public var leavesOnShutdown: Bool
    /// Consumer-group members in this process, at least 1.
    public var workers: Int
    /// How records are written.
    public var delivery: Delivery
    /// When a transaction ends.
    public var commitLimits: CommitLimits
    /// Where reading starts without a committed offset; nil where the configuration says nothing.
    public var startFrom: StartPosition?
    /// Where reading starts without a committed offset, as the pair's kind decides where the configuration says nothing:
    /// on demand nobody asked for what was there before.
    var start: StartPosition? { startFrom ?? (demand == nil ? nil : .latest) }
    /// Brokers and librdkafka properties.
    public var kafka: KafkaSettings
    /// What happens to each record.
    public var action: Action
    /// Which records become dead letters; nil where nothing is said of dead letters.
    public var deadLetters: DeadLetterPolicy?

    /// Makes a pair.
    public init(
        name: String, source: String, target: String, targetTopic: TargetTopic = TargetTopic(), groupID: String? = nil,
        instance: String? = nil, leavesOnShutdown: Bool = false, workers: Int = 1, delivery: Delivery = .exactlyOnce,
        commitLimits: CommitLimits = CommitLimits(), startFrom: StartPosition? = nil, kafka: KafkaSettings,
        action: Action
    ) {
        self.name = name
        self.source = source
        self.target = target
        self.targetTopic = targetTopic
        self.groupID = groupID ?? "fieldseal.\(name)"
        self.instance = instance
        self.leavesOnShutdown = leavesOnShutdown
        self.workers = workers
        self.delivery = delivery
        self.commitLimits = commitLimits
        self.startFrom = startFrom
        self.kafka = kafka
        self.action = action
    }
}
