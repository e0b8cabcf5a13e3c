import KafkaClient

/// Which settings a target takes over from its source, and where the two do not fit.
enum TargetTopicSettings {
    private static let copied: Set<String> = ["cleanup.policy", "message.timestamp.type", "min.insync.replicas"]
    /// How long a source may keep plain records without a warning, in milliseconds.
    private static let longestPlain: Int64 = 3_600_000
    /// Kafka's default for `max.message.bytes`.
    private static let usualMessageBytes = 1_048_588

    /// How long a broker writes to one file of a target that is purged, in milliseconds: it deletes whole files.
    private static let purgedSegment = 600_000

    /// The settings for a new target that the pair `name` purges.
    static func purged(pair name: String, target: String) -> [String: String] {
        [
            "cleanup.policy": "delete", "segment.ms": String(purgedSegment),
            TargetMark.setting: TargetMark.value(pair: name, target: target),
        ]
    }

    /// The settings for a new target.
    ///
    /// Copied are those that were set for the source; what it has by default, the target has too. Sealed records are
    /// larger, so that `max.message.bytes` is half as much again. Timestamps are kept, so that a target with a shorter
    /// retention would lose old records at once.
    ///
    /// - Parameter own: what the pair wants of its own accord, unless it is overridden.
    static func derived(
        from source: [String: TopicSetting], own: [String: String] = [:], overrides: [String: String]
    ) -> [String: String] {
        var settings: [String: String] = [:]
        for (name, setting) in source where !setting.isDefault {
            if copied.contains(name) || name.hasPrefix("retention.") { settings[name] = setting.value }
        }
        let bytes = source["max.message.bytes"].flatMap { Int($0.value) } ?? usualMessageBytes
        settings["max.message.bytes"] = String(min(min(bytes, Int(Int32.max)) * 3 / 2, Int(Int32.max)))
        return settings.merging(own) { _, own in own }.merging(overrides) { _, override in override }
    }

    /// Sentences about what keeps a pair from forgetting.
    static func purgeWarnings(_ pair: TopicPair, target: [String: TopicSetting]) -> [String] {
        guard let demand = pair.demand, demand.purges else { return [] }
        var warnings: [String] = []
        if !demand.ownsTarget,
            target[TargetMark.setting]?.value != TargetMark.value(pair: pair.name, target: pair.target)
        {
            warnings.append(
                "Nothing will be deleted from the target, since this pair did not create it; set demand.ownsTarget to allow it"
            )
        }
        if let policy = target["cleanup.policy"]?.value, !policy.contains("delete") {
            warnings.append("Kafka deletes nothing from the target on request: its cleanup.policy lacks delete")
        }
        return warnings
    }

    /// Sentences about how long a source keeps what a pair encrypts.
    static func sourceWarnings(_ pair: TopicPair, source: [String: TopicSetting]) -> [String] {
        guard case .encrypt = pair.action, pair.purgeSource == nil else { return [] }
        if let policy = source["cleanup.policy"]?.value, !policy.contains("delete") {
            return ["The source keeps plain records for ever, since its cleanup.policy lacks delete"]
        }
        guard let retention = source["retention.ms"].flatMap({ Int64($0.value) }) else { return [] }
        if retention < 0 {
            return ["The source keeps plain records for ever; set encrypt.purgeSource or its retention.ms"]
        }
        guard retention > longestPlain else { return [] }
        // Until two days are over hours say it best.
        let hours = retention / 3_600_000
        let time = hours < 48 ? "\(hours) h" : "\(hours / 24) days"
        return ["The source keeps plain records for \(time); set encrypt.purgeSource or its retention.ms"]
    }

    /// The settings for a new dead-letter topic: a letter holds a record in base64, and has no key to be compacted by.
    static func deadLetters(from source: [String: TopicSetting]) -> [String: String] {
        let bytes = source["max.message.bytes"].flatMap { Int($0.value) } ?? usualMessageBytes
        return derived(
            from: source.filter { $0.key != "message.timestamp.type" },
            overrides: [
                "cleanup.policy": "delete",
                "max.message.bytes": String(min(min(bytes, Int(Int32.max)) * 2, Int(Int32.max))),
            ])
    }

    /// Sentences about what does not fit.
    static func warnings(
        source: [String: TopicSetting], sourcePartitions: Int, target: [String: TopicSetting], targetPartitions: Int
    ) -> [String] {
        var warnings: [String] = []
        for name in ["retention.ms", "retention.bytes"] {
            guard let kept = source[name].flatMap({ Int64($0.value) }),
                let keptThere = target[name].flatMap({ Int64($0.value) })
            else { continue }
            // -1 stands for no limit.
            if keptThere >= 0 && (kept < 0 || keptThere < kept) {
                warnings.append(
                    "The target's \(name) is shorter than the source's: it may lose records that the source has")
            }
        }
        if target["message.timestamp.type"]?.value == "LogAppendTime" {
            warnings.append(
                "The target's message.timestamp.type is LogAppendTime: the records' timestamps are not kept")
        }
        if targetPartitions < sourcePartitions {
            warnings.append(
                "The target has \(targetPartitions) partitions and the source \(sourcePartitions): the others halt")
        } else if targetPartitions > sourcePartitions {
            warnings.append(
                "The target has \(targetPartitions) partitions and the source \(sourcePartitions): some stay empty")
        }
        return warnings
    }
}
