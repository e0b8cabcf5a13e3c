import KafkaClient
import Logging

/// Sees to it that the control topic is there, has one partition and is compacted.
///
/// Blocks while it asks the cluster.
struct ControlTopicPreparation {
    let topic: String
    let admin: Admin
    let logger: Logger
    /// How long Kafka may take for one answer, in milliseconds.
    var timeout = 10_000

    /// Prepares the topic.
    ///
    /// - Throws: `topic` where it is there and not as it must be, `topicCall` where Kafka fails.
    func prepare() throws(PipelineError) {
        let found: (partitions: Int, cleanupPolicy: String?)
        do throws(KafkaError) {
            found = try look()
        } catch {
            throw .topicCall(topic, error)
        }
        if let refusal = Self.refusal(partitions: found.partitions, cleanupPolicy: found.cleanupPolicy) {
            throw .topic(topic, message: refusal)
        }
    }

    private func look() throws(KafkaError) -> (partitions: Int, cleanupPolicy: String?) {
        var found = try admin.describe(topic: topic, timeout: timeout)
        if found == nil { found = try create() }
        guard let found else { throw KafkaError.noAnswer("see topic '\(topic)', which was created") }
        return (found.partitions, try admin.settings(ofTopic: topic, timeout: timeout)["cleanup.policy"]?.value)
    }

    /// Why a topic can't be the control topic, or nil. With several partitions there is no one order of entries; where
    /// records are deleted by age, a pause would end by itself.
    static func refusal(partitions: Int, cleanupPolicy: String?) -> String? {
        guard partitions == 1 else {
            return "it has \(partitions) partitions, and a control topic has one. Name another topic under 'control'."
        }
        guard let cleanupPolicy, cleanupPolicy != "compact" else { return nil }
        return "its cleanup.policy is '\(cleanupPolicy)', under which pauses would be forgotten; set it to 'compact'."
    }

    private func create() throws(KafkaError) -> TopicDescription? {
        do {
            // -1 stands for what the brokers have as their default.
            try admin.create(
                topic: topic, partitions: 1, replicationFactor: -1, settings: ["cleanup.policy": "compact"],
                timeout: timeout)
            logger.notice("Control topic created", metadata: ["topic": "\(topic)"])
        } catch {
            // Another process may have been faster.
            guard error.failure?.code == .topicAlreadyExists else { throw error }
        }
        let deadline = MonotonicClock.now() + Int64(timeout)
        repeat {
            if let found = try admin.describe(topic: topic, timeout: timeout) { return found }
            MonotonicClock.sleep(milliseconds: 50)
        } while MonotonicClock.now() < deadline
        return nil
    }
}
