/// The librdkafka properties of a worker's clients: defaults, over them the configuration's, over those what Fieldseal's
/// guarantees rest on.
struct WorkerSettings {
    var consumer: [String: String]
    var producer: [String: String]
    /// `transaction.timeout.ms` in force.
    var transactionTimeout: Int64

    /// Makes the properties.
    ///
    /// - Parameter maximumMessageBytes: `max.message.bytes` of the target topic.
    init(pair: TopicPair, identity: WorkerIdentity, maximumMessageBytes: Int) {
        let isStatic = identity.groupInstanceID != nil
        let given = pair.kafka
        consumer = Self.consumerDefaults(isStatic: isStatic)
            .covered(by: given.common).covered(by: given.consumer)
            .covered(by: Self.consumerOwned(pair: pair, identity: identity))
        producer = Self.producerDefaults(isStatic: isStatic)
            .covered(by: given.common).covered(by: given.producer)
            .covered(by: Self.producerOwned(pair: pair, identity: identity, maximumMessageBytes: maximumMessageBytes))
        transactionTimeout = producer["transaction.timeout.ms"].flatMap(Int64.init) ?? 60_000
    }

    /// librdkafka's transaction calls wait for a connection beyond their own time-out, so that a long pause between two
    /// attempts to connect (reconnect.backoff.max.ms) would keep a stop waiting.
    ///
    /// A fetched response may be large (receive.message.max.bytes, 256 MiB), but what is fetched ahead is bounded
    /// (queued.max.messages.kbytes, 32 MiB per worker).
    private static func consumerDefaults(isStatic: Bool) -> [String: String] {
        [
            "client.id": "fieldseal",
            "reconnect.backoff.max.ms": "2000",
            "session.timeout.ms": isStatic ? "45000" : "10000",
            "receive.message.max.bytes": "268435456",
            "queued.max.messages.kbytes": "32768",
        ]
    }

    private static func consumerOwned(pair: TopicPair, identity: WorkerIdentity) -> [String: String] {
        var settings = [
            "group.id": pair.groupID,
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            "auto.offset.reset": "error",
            "isolation.level": "read_committed",
            "allow.auto.create.topics": "false",
            "partition.assignment.strategy": "range",
        ]
        settings["group.instance.id"] = identity.groupInstanceID
        return settings
    }

    /// What waits to be sent is bounded too (queue.buffering.max.kbytes, 64 MiB per worker).
    private static func producerDefaults(isStatic: Bool) -> [String: String] {
        [
            "client.id": "fieldseal",
            "reconnect.backoff.max.ms": "2000",
            "transaction.timeout.ms": isStatic ? "60000" : "15000",
            "queue.buffering.max.kbytes": "65536",
        ]
    }

    private static func producerOwned(
        pair: TopicPair, identity: WorkerIdentity, maximumMessageBytes: Int
    ) -> [String: String] {
        // librdkafka takes 1,000 to 1,000,000,000.
        let bytes = min(max(maximumMessageBytes, 1_000), 1_000_000_000)
        var settings = [
            "enable.idempotence": "true",
            "acks": "all",
            "message.max.bytes": String(bytes),
            "delivery.report.only.error": "true",
            "allow.auto.create.topics": "false",
        ]
        if pair.delivery == .exactlyOnce { settings["transactional.id"] = identity.transactionalID }
        return settings
    }
}

extension [String: String] {
    /// This with `other` over it.
    fileprivate func covered(by other: [String: String]) -> [String: String] {
        merging(other) { _, new in new }
    }
}
