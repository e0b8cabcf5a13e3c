/// The keys of `kafka`: librdkafka's own properties, passed on as they are.
enum KafkaPropertySettings {
    static let consumer = Setting(
        "consumer", .section(side("kafka.consumer", "Properties of consumers only, over those of `kafka`.")),
        .optional(), "Properties of consumers only.")
    static let producer = Setting(
        "producer", .section(side("kafka.producer", "Properties of producers only, over those of `kafka`.")),
        .optional(), "Properties of producers only.")

    static let section = Section(
        "kafka",
        """
        Every other key is a property of [librdkafka](https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md), \
        passed on as it is. `bootstrap.servers` is required. A pair's own `kafka` is laid over the top one property by \
        property; but where it names its own `bootstrap.servers`, nothing is inherited, so that no credentials reach \
        other brokers.
        """,
        [consumer, producer],
        open: OpenSettings("librdkafka properties", isSecret: isSecret, refusal: refusal))

    /// The brokers' addresses.
    static let brokers = "bootstrap.servers"

    /// Properties that a file may not set, each with the reason.
    static let owned: [(name: String, reason: String)] = [
        ("group.id", "the pair's groupId names the group"),
        ("group.instance.id", "it is made from groupId and instance"),
        ("transactional.id", "it is made from groupId and instance"),
        ("enable.auto.commit", "offsets are committed with the records they belong to"),
        ("auto.commit.enable", "offsets are committed with the records they belong to"),
        ("enable.auto.offset.store", "offsets are committed with the records they belong to"),
        ("auto.offset.reset", "the pair's startFrom says where reading starts"),
        ("isolation.level", "the source is always read read_committed"),
        ("enable.idempotence", "a record must be neither lost nor doubled"),
        ("acks", "a record must be neither lost nor doubled"),
        ("request.required.acks", "a record must be neither lost nor doubled"),
        ("message.max.bytes", "it follows the target's max.message.bytes"),
        ("partition.assignment.strategy", "the worker's way of committing on a rebalance depends on it"),
        ("delivery.report.only.error", "the worker counts on it"),
        ("allow.auto.create.topics", "the pair's targetTopic says how a missing target is made"),
        ("metadata.broker.list", "write bootstrap.servers"),
    ]

    private static func side(_ title: String, _ summary: String) -> Section {
        Section(
            title, summary, [],
            open: OpenSettings("librdkafka properties", isSecret: isSecret) { name in
                name == brokers ? "source and target are on one cluster; write it under kafka" : refusal(of: name)
            })
    }

    private static func refusal(of name: String) -> String? {
        owned.first { $0.name == name }.map { "Fieldseal sets this property itself: \($0.reason)" }
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["password", "secret", "token", ".pem", "ssl_key", "ssl.key", "sasl.oauthbearer.config", "jaas"]
            .contains { name.contains($0) } && !name.hasSuffix(".location") && !name.hasSuffix(".url")
    }
}
