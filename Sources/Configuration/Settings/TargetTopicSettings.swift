/// The keys of `pairs[].targetTopic`.
enum TargetTopicSettings {
    static let create = Setting(
        "create", .boolean, .defaulted(true),
        "Whether a missing target is created, and one with fewer partitions than the source grown.")
    static let partitions = Setting(
        "partitions", .integer(1...100_000), .optional("the source's"), "How many partitions.")
    static let replicationFactor = Setting(
        "replicationFactor", .integer(1...32_767), .optional("the source's"), "How many replicas.")
    static let config = Setting(
        "config", .section(configSection), .optional("the source's"),
        "Topic settings such as `retention.ms` that override those copied from the source.")

    static let section = Section(
        "pairs[].targetTopic",
        "A missing target is created as the source is, with room for what encryption adds.",
        [create, partitions, replicationFactor, config])

    private static let configSection = Section(
        "pairs[].targetTopic.config", "", [], open: OpenSettings("names of Kafka's topic settings"))
}
