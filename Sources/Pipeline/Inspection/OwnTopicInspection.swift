import KafkaClient

/// Looks at the topics that Fieldseal keeps for itself: the audit trail, the control topic. Changes nothing; blocks.
public struct OwnTopicInspection {
    private let name: String
    private let use: String
    private let kafka: TopicPair.KafkaSettings
    private let timeout: Int
    private let isControl: Bool

    /// Looks at the topic of the audit trail.
    public static func audit(
        topic: String, kafka: TopicPair.KafkaSettings, timeout milliseconds: Int
    ) -> OwnTopicInspection {
        OwnTopicInspection(name: topic, use: "audit", kafka: kafka, timeout: milliseconds, isControl: false)
    }

    /// Looks at the control topic.
    public static func control(
        topic: String, kafka: TopicPair.KafkaSettings, timeout milliseconds: Int
    ) -> OwnTopicInspection {
        OwnTopicInspection(name: topic, use: "control", kafka: kafka, timeout: milliseconds, isControl: true)
    }

    /// What is found.
    public func finding() -> Finding {
        var need = AccessNeed(.topic(name), "Write", "Create", "Describe")
        if isControl { need.operations.append("Read") }
        do throws(KafkaError) {
            let admin = try Admin(settings: ["client.id": "fieldseal"].merging(kafka.common) { $1 })
            guard let topic = try admin.describe(topic: name, timeout: timeout) else {
                return Finding(
                    .untried, use, "topic '\(name)' is not there yet; a running process creates it",
                    remedy: need.grant(kafka))
            }
            guard isControl else { return Finding(.ok, use, "topic '\(name)' is there") }
            let policy = try admin.settings(ofTopic: name, timeout: timeout)["cleanup.policy"]?.value
            if let refusal = ControlTopicPreparation.refusal(partitions: topic.partitions, cleanupPolicy: policy) {
                return Finding(.missing, use, "topic '\(name)': \(refusal)")
            }
            return Finding(.ok, use, "topic '\(name)' has one partition and is compacted")
        } catch {
            return Finding(error, subject: use, kafka: kafka, need: need)
        }
    }
}
