public import KafkaClient
public import Transform

/// Why a pair does not run: what a person needs to act, and never a record's content.
public enum PipelineError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, for an exit code.
    public enum Kind: Sendable {
        /// The configuration does not fit the cluster.
        case configuration
        /// Kafka did not answer in time.
        case unreachable
        /// Kafka refused: credentials, permissions.
        case refused
        /// Another process has this one's name.
        case fenced
        /// A record can't be transformed.
        case record
        /// Anything else.
        case unexpected
    }

    /// The pair can't run as it is configured.
    case configuration(pair: String, message: String)
    /// A call to Kafka failed.
    case kafka(pair: String, KafkaError)
    /// Another process took the name of this pair's worker.
    case fenced(pair: String, name: String, KafkaError)
    /// The pair's transform can't be made.
    case transform(pair: String, any Error)
    /// A record stops a job that must not leave one out.
    case record(pair: String, topic: String, partition: Int32, offset: Int64, HaltCause)
    /// A worker's thread can't be started, or a worker did not stop in time.
    case thread(pair: String, message: String)
    /// A KMS or registry did not answer in time or refused what a bounded run needs.
    case keyService(pair: String, TransformError)
    /// A topic of Fieldseal's own, such as the control topic, can't be used as it is.
    case topic(String, message: String)
    /// A call to Kafka about a topic of Fieldseal's own failed.
    case topicCall(String, KafkaError)

    /// The kind of failure.
    public var kind: Kind {
        switch self {
        case .configuration, .transform, .topic: .configuration
        case .fenced: .fenced
        case .keyService(_, let error): error.isTransient ? .unreachable : .refused
        case .thread: .unexpected
        case .record(_, _, _, _, let cause): cause.isSilence ? .unreachable : .record
        case .kafka(_, let error), .topicCall(_, let error):
            switch error {
            case .invalidSetting: .configuration
            case .unreachable: .unreachable
            case .refused: .refused
            case .fenced: .fenced
            case .failed: .unexpected
            }
        }
    }

    /// Whether trying again later may help.
    public var isTransient: Bool {
        switch self {
        case .kafka(_, let error), .topicCall(_, let error): error.isTransient
        case .keyService(_, let error): error.isTransient
        case .configuration, .fenced, .transform, .thread, .topic, .record: false
        }
    }

    /// What failed, why, and what to do.
    public var description: String {
        switch self {
        case .configuration(let pair, let message): "Pair '\(pair)': \(message)"
        case .kafka(let pair, let error): "Pair '\(pair)': \(error)"
        case .fenced(let pair, let name, let error):
            "Pair '\(pair)': another process has the name '\(name)' and took over (\(Self.words(of: error))). "
                + "Stop one of the two, or give each an instance name of its own."
        case .transform(let pair, let error): "Pair '\(pair)': \(error)"
        case .record(let pair, let topic, let partition, let offset, let cause):
            "Pair '\(pair)': the record at offset \(offset) of partition \(partition) of topic '\(topic)' stops the job"
                + "\(cause.field.map { " at \($0)" } ?? "") (\(cause.code): \(cause.message)). What came before it is done; "
                + "mend the cause and give the same command again, or end the range before the record."
        case .thread(let pair, let message): "Pair '\(pair)': \(message)"
        case .keyService(let pair, let error): "Pair '\(pair)': \(error)"
        case .topic(let topic, let message): "Topic '\(topic)': \(message)"
        case .topicCall(let topic, let error): "Topic '\(topic)': \(error)"
        }
    }

    private static func words(of error: KafkaError) -> String {
        error.failure.map { "\($0.code): \($0.message)" } ?? "\(error)"
    }
}
