@testable import KafkaClient
import Testing

@testable import Pipeline

@Suite("A target topic's settings")
struct TargetTopicSettingsTests {
    private func set(_ value: String) -> TopicSetting { TopicSetting(value: value, isDefault: false) }
    private func byDefault(_ value: String) -> TopicSetting { TopicSetting(value: value, isDefault: true) }

    @Test("What was set for the source is taken over, with room for larger records; overrides win")
    func derived() {
        let settings = TargetTopicSettings.derived(
            from: [
                "retention.ms": set("1000"), "retention.bytes": set("5"), "cleanup.policy": set("compact"),
                "message.timestamp.type": byDefault("CreateTime"), "min.insync.replicas": set("2"),
                "max.message.bytes": byDefault("1048588"), "segment.bytes": set("9"),
            ], overrides: ["retention.bytes": "6", "segment.ms": "7"])
        #expect(
            settings == [
                "retention.ms": "1000", "retention.bytes": "6", "cleanup.policy": "compact",
                "min.insync.replicas": "2", "max.message.bytes": "1572882", "segment.ms": "7",
            ])
    }

    @Test("A largest message near the limit stays within what Kafka takes", arguments: [Int(Int32.max), Int.max / 2])
    func largest(bytes: Int) {
        let settings = TargetTopicSettings.derived(
            from: ["max.message.bytes": set(String(bytes))], overrides: [:])
        #expect(settings["max.message.bytes"] == "2147483647")
    }

    @Test(
        "A shorter retention is a warning, an equal or longer one is none",
        arguments: [("100", "99", 1), ("-1", "100", 1), ("100", "100", 0), ("100", "-1", 0), ("-1", "-1", 0)])
    func retention(source: String, target: String, count: Int) {
        let warnings = TargetTopicSettings.warnings(
            source: ["retention.ms": set(source)], sourcePartitions: 1, target: ["retention.ms": set(target)],
            targetPartitions: 1)
        #expect(warnings.count == count)
    }

    @Test("Replaced timestamps and other numbers of partitions are warnings", arguments: [(1, 2), (2, 1)])
    func otherWarnings(source: Int, target: Int) {
        let warnings = TargetTopicSettings.warnings(
            source: [:], sourcePartitions: source, target: ["message.timestamp.type": set("LogAppendTime")],
            targetPartitions: target)
        #expect(warnings.count == 2)
    }
}
