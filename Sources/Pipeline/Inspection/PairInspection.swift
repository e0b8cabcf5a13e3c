import KafkaClient

/// Looks whether a pair would run on its cluster: topics, settings, offsets and permissions. Changes nothing, but
/// that brokers remember the transactional id which it takes to see whether it may.
///
/// Blocks while it asks. What can't be tried without changing something is said with the command that grants it.
public struct PairInspection {
    private let pair: TopicPair
    private let admin: Admin
    /// How long Kafka may take for one answer, in milliseconds.
    private let timeout: Int

    /// Makes ready to look.
    ///
    /// - Throws: `kafka` where librdkafka refuses the settings.
    public init(pair: TopicPair, timeout milliseconds: Int) throws(PipelineError) {
        self.pair = pair
        timeout = milliseconds
        do {
            admin = try Admin(settings: ["client.id": "fieldseal"].merging(pair.kafka.common) { $1 })
        } catch {
            throw .kafka(pair: pair.name, error)
        }
    }

    /// Looks at everything, in the order in which a pair needs it; stops where brokers are silent.
    public func findings() -> [Finding] {
        var findings = [cluster()]
        guard findings[0].verdict == .ok else { return findings }
        findings += pair.readsPattern ? topicsOfPattern() : topics()
        guard !findings.contains(where: { $0.verdict == .silent }) else { return findings }
        if let letters = deadLetters() { findings.append(letters) }
        findings += group()
        if pair.delivery == .exactlyOnce { findings.append(transactionalID()) }
        findings.append(untried())
        return findings
    }

    private func cluster() -> Finding {
        do throws(KafkaError) {
            let cluster = try admin.cluster(timeout: timeout)
            let name = cluster.id.map { "cluster '\($0)'" } ?? "a cluster without an id"
            return finding(.ok, "\(name), \(Self.counted(cluster.brokers, "broker"))")
        } catch {
            return refusal(error, needs: nil)
        }
    }

    // MARK: Topics

    private func topicsOfPattern() -> [Finding] {
        do {
            guard let selection = try pair.makeSelection() else { return [] }
            let names = try admin.topics(timeout: timeout).map(\.name).filter {
                if case .read = selection.verdict(on: $0) { true } else { false }
            }
            guard !names.isEmpty else {
                return [finding(.warning, "no topic matches '\(pair.source)' yet, or none may be seen")]
            }
            return [finding(.ok, "'\(pair.source)' matches \(names.sorted().joined(separator: ", "))")]
        } catch let error as KafkaError {
            return [refusal(error, needs: nil)]
        } catch {
            return [finding(.missing, "the source is \(error)")]
        }
    }

    private func topics() -> [Finding] {
        var findings: [Finding] = []
        let source = look(at: pair.source, as: "source", into: &findings)
        if source == nil, findings.isEmpty { findings.append(missingSource()) }
        guard !findings.contains(where: { $0.verdict == .silent }) else { return findings }
        if let source { findings += [readability(of: source.topic)].compactMap(\.self) }
        let before = findings.count
        let target = look(at: pair.target, as: "target", into: &findings)
        if target == nil, findings.count == before { findings.append(missingTarget()) }
        if let source { findings += warnings(source: source, target: target) }
        return findings
    }

    private typealias Seen = (topic: TopicDescription, settings: [String: TopicSetting])

    /// A topic with its settings; nil where it is not there, or where `findings` says why it can't be seen.
    private func look(at name: String, as role: String, into findings: inout [Finding]) -> Seen? {
        do throws(KafkaError) {
            guard let topic = try admin.describe(topic: name, timeout: timeout) else { return nil }
            let settings = try admin.settings(ofTopic: name, timeout: timeout)
            findings.append(
                finding(
                    .ok,
                    "\(role) '\(name)': \(Self.counted(topic.partitions, "partition")), "
                        + Self.counted(topic.replicationFactor, "replica")))
            return (topic, settings)
        } catch {
            findings.append(refusal(error, needs: AccessNeed(.topic(name), "Describe", "DescribeConfigs")))
            return nil
        }
    }

    private func missingSource() -> Finding {
        guard !pair.awaitsSource else {
            return finding(.untried, "source '\(pair.source)' is not there yet; another pair of the file creates it")
        }
        return finding(
            .missing, "the source topic '\(pair.source)' does not exist, or may not be seen",
            remedy: command("kafka-topics", "--create", "--topic", pair.source) + ", or: "
                + grant(.topic(pair.source), "Read", "Describe", "DescribeConfigs"))
    }

    private func missingTarget() -> Finding {
        guard pair.targetTopic.isCreated else {
            return finding(
                .missing, "the target topic '\(pair.target)' does not exist, and targetTopic.create is false",
                remedy: command("kafka-topics", "--create", "--topic", pair.target))
        }
        return finding(
            .untried, "target '\(pair.target)' is not there yet; the pair creates it",
            remedy: grant(.topic(pair.target), "Create", "Describe", "DescribeConfigs", "Write"))
    }

    private func warnings(source: Seen, target: Seen?) -> [Finding] {
        var texts = TargetTopicSettings.sourceWarnings(pair, source: source.settings)
        var findings: [Finding] = []
        if let target {
            if target.topic.partitions < source.topic.partitions {
                let missing =
                    "target '\(pair.target)' has fewer partitions than the source's \(source.topic.partitions)"
                findings.append(
                    pair.targetTopic.isCreated
                        ? finding(
                            .untried, "\(missing); the pair adds them", remedy: grant(.topic(pair.target), "Alter"))
                        : finding(
                            .missing, missing,
                            remedy:
                                command(
                                    "kafka-topics", "--alter", "--topic", pair.target, "--partitions",
                                    "\(source.topic.partitions)")))
            }
            texts += TargetTopicSettings.warnings(
                source: source.settings, sourcePartitions: source.topic.partitions, target: target.settings,
                targetPartitions: max(target.topic.partitions, source.topic.partitions))
            texts += TargetTopicSettings.purgeWarnings(pair, target: target.settings)
        }
        return findings + texts.map { finding(.warning, $0) }
    }

    /// The topic of dead letters, where any record may become one.
    private func deadLetters() -> Finding? {
        guard let policy = pair.deadLetters, policy.isUsed else { return nil }
        let name = policy.rules.topic
        do throws(KafkaError) {
            guard try admin.describe(topic: name, timeout: timeout) != nil else {
                return finding(
                    .untried, "dead-letter topic '\(name)' is not there yet; the pair creates it",
                    remedy: grant(.topic(name), "Create", "Describe", "DescribeConfigs", "Write"))
            }
            let settings = try admin.settings(ofTopic: name, timeout: timeout)
            guard settings["cleanup.policy"]?.value.contains("compact") != true else {
                return finding(
                    .missing, "dead-letter topic '\(name)' is compacted, and dead letters have no keys",
                    remedy: command(
                        "kafka-configs", "--alter", "--topic", name, "--add-config", "cleanup.policy=delete"))
            }
            return finding(.ok, "dead-letter topic '\(name)' is there")
        } catch {
            return refusal(error, needs: AccessNeed(.topic(name), "Describe", "DescribeConfigs"))
        }
    }

    /// Whether records may be fetched, tried on an empty range: at the end of the first partition.
    private func readability(of topic: TopicDescription) -> Finding? {
        do throws(KafkaError) {
            let consumer = try self.consumer()
            defer { consumer.close() }
            let marks = try consumer.watermarks(topic: topic.name, partition: 0, timeout: timeout)
            try consumer.assign([TopicPartition(topic: topic.name, partition: 0, offset: marks.high)])
            for _ in 0..<5 { _ = try consumer.poll(milliseconds: 100) }
            return nil
        } catch {
            return refusal(error, needs: AccessNeed(.topic(topic.name), "Read", "Describe"))
        }
    }

    // MARK: Group and transactions

    private func consumer() throws(KafkaError) -> Consumer {
        let settings = ["client.id": "fieldseal"].merging(pair.kafka.common) { $1 }.merging(pair.kafka.consumer) { $1 }
        return try Consumer(
            settings: settings.merging([
                "group.id": pair.groupID, "enable.auto.commit": "false", "auto.offset.reset": "latest",
                "isolation.level": "read_committed", "allow.auto.create.topics": "false",
            ]) { $1 })
    }

    private func group() -> [Finding] {
        do throws(KafkaError) {
            guard !pair.readsPattern, let source = try admin.describe(topic: pair.source, timeout: timeout) else {
                _ = try consumer().committed([TopicPartition(topic: pair.name, partition: 0)], timeout: timeout)
                return [finding(.ok, "group '\(pair.groupID)' may be seen")]
            }
            let consumer = try consumer()
            defer { consumer.close() }
            let partitions = (0..<Int32(clamping: source.partitions)).map {
                TopicPartition(topic: source.name, partition: $0)
            }
            let known = try consumer.committed(partitions, timeout: timeout).filter { $0.offset >= 0 }
            guard known.count < partitions.count else {
                return [finding(.ok, "group '\(pair.groupID)' has committed offsets of all partitions")]
            }
            return [start(uncommitted: partitions.count - known.count)]
        } catch {
            return [refusal(error, needs: AccessNeed(.group(pair.groupID), "Read", "Describe"))]
        }
    }

    /// Where reading begins without committed offsets.
    private func start(uncommitted: Int) -> Finding {
        let state = "group '\(pair.groupID)' has no committed offset in \(Self.counted(uncommitted, "partition"))"
        if let start = pair.start { return finding(.ok, "\(state): reading starts there by startFrom, \(start.words)") }
        let isUsed = (try? admin.describe(topic: pair.target, timeout: timeout)).flatMap(\.self).map { target in
            (0..<Int32(clamping: target.partitions)).contains { partition in
                let marks = try? admin.watermarks(topic: target.name, partition: partition, timeout: timeout)
                return (marks?.high ?? 0) > 0
            }
        }
        guard isUsed == true else { return finding(.ok, "\(state): reading starts at the earliest record") }
        return finding(
            .warning, "\(state), and the target has held records: such partitions halt with no_committed_offset",
            remedy: "set startFrom: earliest, latest or a time")
    }

    /// Takes a transactional id of its own for a moment, which nobody else has.
    private func transactionalID() -> Finding {
        let id = "\(pair.groupID).check.\(String(UInt64.random(in: 0 ... .max), radix: 16))"
        let settings = ["client.id": "fieldseal"].merging(pair.kafka.common) { $1 }.merging(pair.kafka.producer) { $1 }
        do throws(KafkaError) {
            let producer = try Producer(
                settings: settings.merging(["transactional.id": id, "delivery.report.only.error": "true"]) { $1 })
            try producer.initTransactions(timeout: timeout)
            return finding(.ok, "transactional ids that begin with '\(pair.groupID).' may be used")
        } catch {
            return refusal(
                error, needs: AccessNeed(.transactionalIDs(prefix: "\(pair.groupID)."), "Write", "Describe"))
        }
    }

    /// What would change something if it was tried.
    private func untried() -> Finding {
        var needs = [
            AccessNeed(.group(pair.groupID), "Read", "Describe"), AccessNeed(.topic(pair.target), "Write", "Describe"),
        ]
        if let policy = pair.deadLetters, policy.isUsed {
            needs.append(AccessNeed(.topic(policy.rules.topic), "Write", "Describe"))
        }
        return finding(
            .untried, "joining the group and writing to the target are not tried; where brokers have ACLs, they take",
            remedy: needs.map { $0.grant(pair.kafka) }.joined(separator: "; "))
    }

    // MARK: Words

    private static func counted(_ count: Int, _ word: String) -> String {
        count == 1 ? "1 \(word)" : "\(count) \(word)s"
    }

    private func finding(_ verdict: Finding.Verdict, _ message: String, remedy: String? = nil) -> Finding {
        Finding(verdict, pair.name, message, remedy: remedy)
    }

    private func command(_ tool: String, _ words: String...) -> String {
        AccessNeed.command(tool, pair.kafka, words)
    }

    private func grant(_ resource: AccessNeed.Resource, _ operations: String...) -> String {
        var need = AccessNeed(resource)
        need.operations = operations
        return need.grant(pair.kafka)
    }

    private func refusal(_ error: KafkaError, needs need: AccessNeed?) -> Finding {
        Finding(error, subject: pair.name, kafka: pair.kafka, need: need)
    }
}

extension Finding {
    /// What a failed call to Kafka says.
    init(_ error: KafkaError, subject: String, kafka: TopicPair.KafkaSettings, need: AccessNeed?) {
        switch error {
        case .refused: self.init(.refused, subject, "\(error)", remedy: need?.grant(kafka))
        case .unreachable: self.init(.silent, subject, "\(error)")
        case .invalidSetting, .fenced, .failed: self.init(.missing, subject, "\(error)")
        }
    }
}

extension TopicPair.StartPosition {
    fileprivate var words: String {
        switch self {
        case .earliest: "at the earliest record"
        case .latest: "after the latest record"
        default: "at a time"
        }
    }
}
