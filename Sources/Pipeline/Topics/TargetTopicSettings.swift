import KafkaClient

/// Which settings a target takes over from its source, and where the two do not fit.
enum TargetTopicSettings {
    private static let copied: Set<String> = ["cleanup.policy", "message.timestamp.type", "min.insync.replicas"]
    /// Kafka's default for `max.message.bytes`.
    private static let usualMessageBytes = 1_048_588

    /// The settings for a new target.
    ///
    /// Copied are those that were set for the source; what it has by default, the target has too. Sealed records are
    /// larger, so that `max.message.bytes` is half as much again. Timestamps are kept, so that a target with a shorter
    /// retention would lose old records at once.
    static func derived(
        from source: [String: TopicSetting], overrides: [String: String]
    ) -> [String: String] {
        var settings: [String: String] = [:]
        for (name, setting) in source where !setting.isDefault {
            if copied.contains(name) || name.hasPrefix("retention.") { settings[name] = setting.value }
        }
        let bytes = source["max.message.bytes"].flatMap { Int($0.value) } ?? usualMessageBytes
        settings["max.message.bytes"] = String(min(min(bytes, Int(Int32.max)) * 3 / 2, Int(Int32.max)))
        return settings.merging(overrides) { _, override in override }
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
