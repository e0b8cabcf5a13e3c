/// The librdkafka properties of a worker's clients: defaults, over them the configuration's, over those what Fieldseal's
/// guarantees rest on.
struct WorkerSettings {
    var consumer: [String: String]
    var producer: [String: String]
    /// `transaction.timeout.ms` in force.
    var transactionTimeout: Int64
    /// The smallest `max.message.bytes` of a target for which these properties do.
    var smallestTarget = 0

    /// librdkafka takes `message.max.bytes` from 1,000 to 1,000,000,000.
    private static let messageBytes = 1_000...1_000_000_000
    /// librdkafka's own `batch.size`.
    private static let usualBatchBytes = 1_000_000

    /// Makes the properties.
    ///
    /// - Parameter targets: `max.message.bytes` of each target topic.
    init(pair: TopicPair, identity: WorkerIdentity, targets: [Int]) {
        let isStatic = identity.groupInstanceID != nil
        let given = pair.kafka
        consumer = Self.consumerDefaults(isStatic: isStatic)
            .covered(by: given.common).covered(by: given.consumer)
            .covered(by: Self.consumerOwned(pair: pair, identity: identity))
        producer = Self.producerDefaults(isStatic: isStatic)
            .covered(by: given.common).covered(by: given.producer)
            .covered(by: Self.producerOwned(pair: pair, identity: identity))
        transactionTimeout = producer["transaction.timeout.ms"].flatMap(Int64.init) ?? 60_000
        limitMessages(to: targets, areSeveral: pair.readsPattern || pair.deadLetters?.isUsed == true)
    }

    /// How often librdkafka says how it fares.
    private static let statisticsInterval = "2000"

    /// librdkafka's transaction calls wait for a connection beyond their own time-out, so that a long pause between two
    /// attempts to connect (reconnect.backoff.max.ms) would keep a stop waiting.
    ///
    /// A fetched response may be large (receive.message.max.bytes, 256 MiB), but what is fetched ahead is bounded
    /// (queued.max.messages.kbytes, 32 MiB per worker).
    private static func consumerDefaults(isStatic: Bool) -> [String: String] {
        [
            "client.id": "fieldseal",
            "statistics.interval.ms": statisticsInterval,
            "reconnect.backoff.max.ms": "2000",
            "session.timeout.ms": isStatic ? "45000" : "10000",
            "receive.message.max.bytes": "268435456",
            "queued.max.messages.kbytes": "32768",
        ]
    }

    /// One target: what it takes is what the producer takes. Several: the producer takes everything, since the worker
    /// looks at each record's size itself; but records that travel in one batch must fit every target together.
    private mutating func limitMessages(to targets: [Int], areSeveral: Bool) {
        guard areSeveral else {
            let bytes = targets.min() ?? Self.messageBytes.lowerBound
            producer["message.max.bytes"] = String(
                min(max(bytes, Self.messageBytes.lowerBound), Self.messageBytes.upperBound))
            return
        }
        producer["message.max.bytes"] = String(Self.messageBytes.upperBound)
        let given = producer["batch.size"].flatMap { Int($0) } ?? Self.usualBatchBytes
        smallestTarget = max(min(given, targets.min() ?? given), 1)
        producer["batch.size"] = String(smallestTarget)
    }

    private static func consumerOwned(pair: TopicPair, identity: WorkerIdentity) -> [String: String] {
        var settings = [
            "group.id": pair.groupID,
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            "auto.offset.reset": "error",
            "isolation.level": "read_committed",
            "allow.auto.create.topics": "false",
            // By topic, range would give the first partitions of all topics to one member.
            "partition.assignment.strategy": pair.readsPattern ? "roundrobin" : "range",
        ]
        settings["group.instance.id"] = identity.groupInstanceID
        return settings
    }

    /// What waits to be sent is bounded too (queue.buffering.max.kbytes, 64 MiB per worker).
    private static func producerDefaults(isStatic: Bool) -> [String: String] {
        [
            "client.id": "fieldseal",
            "statistics.interval.ms": statisticsInterval,
            "reconnect.backoff.max.ms": "2000",
            "transaction.timeout.ms": isStatic ? "60000" : "15000",
            "queue.buffering.max.kbytes": "65536",
        ]
    }

    private static func producerOwned(pair: TopicPair, identity: WorkerIdentity) -> [String: String] {
        var settings = [
            "enable.idempotence": "true",
            "acks": "all",
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
