/// A permission on a Kafka resource, and the command that grants it (Kafka's kafka-acls tool).
public struct AccessNeed: Hashable, Sendable {
    /// What it is on.
    public enum Resource: Hashable, Sendable {
        /// A topic, by name.
        case topic(String)
        /// A consumer group, by name.
        case group(String)
        /// All transactional ids that begin so.
        case transactionalIDs(prefix: String)
    }

    /// What it is on.
    public var resource: Resource
    /// What is to be allowed, as Kafka names it.
    public var operations: [String]

    /// Makes a need.
    public init(_ resource: Resource, _ operations: String...) {
        self.resource = resource
        self.operations = operations
    }

    /// The command that grants it.
    ///
    /// - Parameter kafka: how the brokers are reached: the user is read there where it is told.
    public func grant(_ kafka: TopicPair.KafkaSettings) -> String {
        let user = kafka.common["sasl.username"] ?? "USER"
        var words = ["--add", "--allow-principal", "User:\(user)"]
        for operation in operations { words += ["--operation", operation] }
        switch resource {
        case .topic(let name): words += ["--topic", name]
        case .group(let name): words += ["--group", name]
        case .transactionalIDs(let prefix):
            words += ["--transactional-id", prefix, "--resource-pattern-type", "prefixed"]
        }
        return Self.command("kafka-acls", kafka, words)
    }

    /// A command of one of Kafka's own tools, as a shell takes it.
    static func command(_ tool: String, _ kafka: TopicPair.KafkaSettings, _ words: [String]) -> String {
        let servers = kafka.common["bootstrap.servers"] ?? kafka.common["metadata.broker.list"] ?? "BROKER:9092"
        return ([tool, "--bootstrap-server", servers] + words).map(quoted).joined(separator: " ")
    }

    /// A word as a shell takes it for one.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_.:,/@%+=".utf8.contains($0)
            }
        }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }
}
