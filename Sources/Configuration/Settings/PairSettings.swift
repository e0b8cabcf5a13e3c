import Pipeline

/// The keys of `pairs[]`.
enum PairSettings {
    /// The most pairs of a file.
    static let limit = 1_000
    private static let limits = TopicPair.CommitLimits()

    static let name = Setting(
        "name", .name("a name", limit: 128), .required, "What logs, metrics and commands call the pair; unique.")
    static let source = Setting(
        "source", .source, .required,
        "The topic that is read, or a regular expression (Perl-compatible, matched whole) for all topics that it matches, "
            + "also those that appear later. It never matches what pairs of this file write.")
    static let target = Setting(
        "target", .target, .required,
        "The topic that is written; on the same brokers. `{{record.topic}}` stands for the source's name.")
    static let targetTopic = Setting(
        "targetTopic", .section(TargetTopicSettings.section), .optional("as the source"),
        "How a missing target is made.")
    static let groupId = Setting(
        "groupId", .name("a name", limit: 255), .optional("`fieldseal.` and the pair's name"),
        "The consumer group; no two pairs share one.")
    static let workers = Setting(
        "workers", .integer(1...1_024), .defaulted(1), "How many members of the group run in this process.")
    static let delivery = Setting(
        "delivery", .choice(TopicPair.Delivery.self), .defaulted(.exactlyOnce),
        "`exactly_once` writes records and offsets in one Kafka transaction; with `at_least_once` a crash may repeat "
            + "some records.")
    static let commitIntervalMs = Setting(
        "commitIntervalMs", .integer(1...10_000), .defaulted(limits.intervalMilliseconds),
        "The longest time that a transaction is open, in milliseconds.")
    static let commitMaxRecords = Setting(
        "commitMaxRecords", .integer(1...10_000_000), .defaulted(limits.records), "The most records of a transaction.")
    static let commitMaxBytes = Setting(
        "commitMaxBytes", .integer(1...2_147_483_647), .defaulted(limits.bytes),
        "The most bytes of a transaction; the last record may exceed it.")
    static let startFrom = Setting(
        "startFrom", .startPosition, .optional("`earliest` where the target is empty, else the partition halts"),
        "Where reading starts on a partition without a committed offset. A pair with `demand` starts at `latest`.")
    static let demand = Setting(
        "demand", .section(DemandKeys.section), .optional("the pair always works"),
        "Lets the pair work only while somebody asks for its records.")
    static let encrypt = Setting(
        "encrypt", .section(EncryptSettings.section), .optional(), "Makes it a pair that seals fields.")
    static let decrypt = Setting(
        "decrypt", .section(DecryptSettings.section), .optional(), "Makes it a pair that opens fields.")

    static let section = Section(
        "pairs[]",
        "A source topic, a target topic, and what happens between them: exactly one of `encrypt` and `decrypt`.",
        [
            name, source, target, targetTopic, groupId, workers, delivery, commitIntervalMs, commitMaxRecords,
            commitMaxBytes, startFrom, encrypt, decrypt, RootSettings.kafka, RootSettings.kms,
            RootSettings.schemaRegistry, demand,
        ])
}
