import KafkaClient
import Logging

/// A topic that Fieldseal keeps for itself: created when it is missing, and else left as it is.
struct OwnTopic {
    var name: String
    var partitions: Int
    var settings: [String: String]
    private static let timeout = 10_000

    /// The audit trail's: one partition, 30 days.
    static func audit(named name: String) -> OwnTopic {
        OwnTopic(
            name: name, partitions: 1, settings: ["cleanup.policy": "delete", "retention.ms": "\(30 * 86_400_000)"])
    }

    /// Creates the topic where there is none.
    ///
    /// Blocks while it asks the cluster.
    func prepare(_ kafka: TopicPair.KafkaSettings, logger: Logger) throws(PipelineError) {
        do {
            let admin = try Admin(settings: kafka.common, events: .logging(to: logger))
            guard try admin.describe(topic: name, timeout: Self.timeout) == nil else { return }
            // -1: as the brokers would make it.
            try admin.create(
                topic: name, partitions: partitions, replicationFactor: -1, settings: settings, timeout: Self.timeout)
            logger.notice("Topic created", metadata: ["topic": "\(name)"])
        } catch {
            // Another process may have been faster.
            if error.failure?.code == .topicAlreadyExists { return }
            throw PipelineError.topicCall(name, error)
        }
    }

    /// The properties of a producer for such a topic: idempotent, and patient.
    static func producerSettings(_ kafka: TopicPair.KafkaSettings) -> [String: String] {
        var settings = ["client.id": "fieldseal", "reconnect.backoff.max.ms": "2000", "linger.ms": "5"]
        settings.merge(kafka.common) { _, given in given }
        settings.merge(kafka.producer) { _, given in given }
        let owned = [
            "enable.idempotence": "true", "acks": "all", "delivery.report.only.error": "true",
            "allow.auto.create.topics": "false",
        ]
        settings.merge(owned) { _, owned in owned }
        return settings
    }
}
