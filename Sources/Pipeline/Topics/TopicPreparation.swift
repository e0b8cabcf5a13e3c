import KafkaClient
import Logging
import Transform

/// Sees to it that a pair's topics are there before its workers start: creates or grows the target, and warns where the
/// two do not fit.
///
/// Blocks while it asks the cluster.
struct TopicPreparation {
    /// What the workers need to know.
    struct Outcome: Equatable, Sendable {
        var sourcePartitions: Int
        var targetPartitions: Int
        /// `max.message.bytes` of the target.
        var maximumMessageBytes: Int
        /// Where dead letters go, if there are any.
        var deadLetters: DeadLetterPlace?
    }

    let pair: TopicPair
    let admin: Admin
    let logger: Logger
    /// How long Kafka may take for one answer, in milliseconds.
    var timeout = 10_000
    /// Whether a source that is not there may still come, asked before each further look.
    var isSourceAwaited: () -> Bool = { false }

    /// Prepares the topics.
    func prepare() throws(PipelineError) -> Outcome {
        do {
            guard let source = try awaitSource() else {
                throw PipelineError.configuration(
                    pair: pair.name,
                    message: "the source topic '\(pair.source)' does not exist. Create it, or correct 'source'.")
            }
            let sourceSettings = try admin.settings(ofTopic: pair.source, timeout: timeout)
            var target = try admin.describe(topic: pair.target, timeout: timeout)
            if target == nil { target = try create(like: source, settings: sourceSettings) }
            guard var target else {
                throw PipelineError.configuration(
                    pair: pair.name,
                    message: "the target topic '\(pair.target)' was created but does not show. Check the cluster.")
            }
            target = try grow(target, to: source.partitions)
            let targetSettings = try admin.settings(ofTopic: pair.target, timeout: timeout)
            try refuseCompaction(targetSettings["cleanup.policy"]?.value)
            warn(source: source, sourceSettings, target: target, targetSettings)
            return Outcome(
                sourcePartitions: source.partitions, targetPartitions: target.partitions,
                maximumMessageBytes: Self.maximumMessageBytes(targetSettings),
                deadLetters: try prepareDeadLetters(like: source, settings: sourceSettings))
        } catch let error as KafkaError {
            throw PipelineError.kafka(pair: pair.name, error)
        } catch let error as PipelineError {
            throw error
        } catch {
            throw PipelineError.configuration(pair: pair.name, message: "\(error)")
        }
    }

    private func awaitSource() throws -> TopicDescription? {
        while true {
            if let source = try admin.describe(topic: pair.source, timeout: timeout) { return source }
            guard isSourceAwaited() else { return nil }
            MonotonicClock.sleep(milliseconds: 100)
        }
    }

    private func create(like source: TopicDescription, settings: [String: TopicSetting]) throws -> TopicDescription? {
        guard pair.targetTopic.isCreated else {
            throw PipelineError.configuration(
                pair: pair.name,
                message: "the target topic '\(pair.target)' does not exist. Create it, or set targetTopic.create.")
        }
        let partitions = pair.targetTopic.partitions ?? source.partitions
        let purged = pair.demand?.purges == true
        let targetSettings = TargetTopicSettings.derived(
            from: settings, own: purged ? TargetTopicSettings.purged(pair: pair.name, target: pair.target) : [:],
            overrides: pair.targetTopic.configuration)
        try refuseCompaction(targetSettings["cleanup.policy"])
        do {
            try admin.create(
                topic: pair.target, partitions: partitions,
                replicationFactor: pair.targetTopic.replicationFactor ?? source.replicationFactor,
                settings: targetSettings, timeout: timeout)
            logger.notice(
                "Target topic created", metadata: ["topic": "\(pair.target)", "partitions": "\(partitions)"])
        } catch {
            // Another process of the same pair may have been faster.
            guard error.failure?.code == .topicAlreadyExists else { throw error }
        }
        return try awaitTopic { $0.partitions >= 1 }
    }

    /// The dead-letter topic, created as the source is where it is missing, with room for what sealing adds.
    private func prepareDeadLetters(
        like source: TopicDescription, settings: [String: TopicSetting]
    ) throws -> DeadLetterPlace? {
        guard let policy = pair.deadLetters, policy.isUsed else { return nil }
        let name = policy.rules.topic
        if try admin.describe(topic: name, timeout: timeout) == nil {
            do {
                try admin.create(
                    topic: name, partitions: source.partitions, replicationFactor: source.replicationFactor,
                    settings: TargetTopicSettings.deadLetters(from: settings), timeout: timeout)
                logger.notice(
                    "Dead-letter topic created", metadata: ["topic": "\(name)", "partitions": "\(source.partitions)"])
            } catch {
                guard error.failure?.code == .topicAlreadyExists else { throw error }
            }
        }
        guard let topic = try awaitTopic(named: name, { $0.partitions >= 1 }) else {
            throw PipelineError.topic(name, message: "it was created but does not show. Check the cluster.")
        }
        let found = try admin.settings(ofTopic: name, timeout: timeout)
        if found["cleanup.policy"]?.value.contains("compact") == true {
            throw PipelineError.topic(
                name, message: "it is compacted, and dead letters have no keys; set its cleanup.policy to 'delete'.")
        }
        return DeadLetterPlace(
            partitions: topic.partitions, maximumMessageBytes: Self.maximumMessageBytes(found))
    }

    /// Compaction keeps the last record of each key, and a sealed key is never the same twice.
    private func refuseCompaction(_ policy: String?) throws {
        guard case .encrypt(let rules) = pair.action, rules.key.isSealed, !rules.allowsCompactedKeys,
            let policy, policy.contains("compact")
        else { return }
        throw PipelineError.configuration(
            pair: pair.name,
            message: "the target topic '\(pair.target)' is compacted and this pair seals keys, so that no record would "
                + "ever replace another. Set cleanup.policy to delete, or encrypt.allowCompactedKeys.")
    }

    /// Grows the target to `partitions` where that is wanted and needed.
    func grow(_ target: TopicDescription, to partitions: Int) throws -> TopicDescription {
        guard target.partitions < partitions, pair.targetTopic.isCreated else { return target }
        do {
            try admin.grow(topic: pair.target, to: partitions, timeout: timeout)
            logger.notice(
                "Partitions added to the target topic",
                metadata: ["topic": "\(pair.target)", "partitions": "\(partitions)"])
        } catch {
            // Another process may have been faster; what counts is what is there in the end.
            guard try awaitTopic({ $0.partitions >= partitions }) != nil else { throw error }
        }
        return try awaitTopic { $0.partitions >= partitions } ?? target
    }

    /// A change is in the metadata a little after it was confirmed.
    private func awaitTopic(_ isReady: (TopicDescription) -> Bool) throws -> TopicDescription? {
        try awaitTopic(named: pair.target, isReady)
    }

    private func awaitTopic(
        named name: String, _ isReady: (TopicDescription) -> Bool
    ) throws -> TopicDescription? {
        let deadline = MonotonicClock.now() + Int64(timeout)
        repeat {
            if let topic = try admin.describe(topic: name, timeout: timeout), isReady(topic) { return topic }
            MonotonicClock.sleep(milliseconds: 50)
        } while MonotonicClock.now() < deadline
        return nil
    }

    /// Kafka's own default where the cluster tells none.
    private static func maximumMessageBytes(_ settings: [String: TopicSetting]) -> Int {
        settings["max.message.bytes"].flatMap { Int($0.value) } ?? 1_048_588
    }

    private func warn(
        source: TopicDescription, _ sourceSettings: [String: TopicSetting], target: TopicDescription,
        _ targetSettings: [String: TopicSetting]
    ) {
        let metadata: Logger.Metadata = ["source": "\(source.name)", "target": "\(target.name)"]
        for warning in TargetTopicSettings.warnings(
            source: sourceSettings, sourcePartitions: source.partitions, target: targetSettings,
            targetPartitions: target.partitions)
        {
            logger.warning("\(warning)", metadata: metadata)
        }
        let others =
            TargetTopicSettings.purgeWarnings(pair, target: targetSettings)
            + TargetTopicSettings.sourceWarnings(pair, source: sourceSettings)
        for warning in others {
            logger.warning("\(warning)", metadata: metadata.merging(["pair": "\(pair.name)"]) { $1 })
        }
    }
}
