import KeyManagement

/// How a pair keeps what it can't process: where such records go, and who may open them there.
public struct DeadLetterRules: Sendable, Equatable {
    /// The dead-letter topic.
    public var topic: String
    /// The KEK that protects dead letters; without templates, since their records may lack whatever those would read.
    public var key: KeySecretTemplate

    /// Makes rules.
    public init(topic: String, key: KeySecretTemplate) {
        self.topic = topic
        self.key = key
    }
}
