internal import CRdKafka

/// Why a call to Kafka failed: what a person needs to act, and never a record's content.
public enum KafkaError: Error, Sendable, CustomStringConvertible {
    /// What librdkafka or a broker said.
    public struct Failure: Sendable {
        /// What was attempted, in words that complete "could not ...".
        public var operation: String
        /// The code.
        public var code: KafkaErrorCode
        /// The sentence of librdkafka or of the broker.
        public var message: String
        /// The topic of the partition at fault, where there is one.
        public var topic: String?
        /// The partition at fault, where there is one.
        public var partition: Int32?
        /// Whether the client has failed for good and must be replaced.
        public var isFatal: Bool
        /// Whether the same call may be made again.
        public var isRetriable: Bool
        /// Whether the open transaction must be aborted.
        public var requiresAbort: Bool

        init(
            _ operation: String, code: KafkaErrorCode, message: String? = nil, topic: String? = nil,
            partition: Int32? = nil, isFatal: Bool = false, isRetriable: Bool = false, requiresAbort: Bool = false
        ) {
            self.operation = operation
            self.code = code
            self.message = message ?? code.sentence
            self.topic = topic
            self.partition = partition
            self.isFatal = isFatal
            self.isRetriable = isRetriable
            self.requiresAbort = requiresAbort
        }
    }

    /// librdkafka refuses a property, its value, or properties together.
    case invalidSetting(name: String?, message: String)
    /// No broker answered in time.
    case unreachable(Failure)
    /// The cluster refused the credentials or lacks a permission.
    case refused(Failure)
    /// Another client has this one's transactional id or group instance id.
    case fenced(Failure)
    /// Anything else.
    case failed(Failure)

    init(_ failure: Failure) {
        if failure.code.isFenced {
            self = .fenced(failure)
        } else if failure.code.isRefused {
            self = .refused(failure)
        } else if failure.code.isUnreachable {
            self = .unreachable(failure)
        } else {
            self = .failed(failure)
        }
    }

    init(
        _ operation: String, code: rd_kafka_resp_err_t, message: String? = nil, topic: String? = nil,
        partition: Int32? = nil
    ) {
        self.init(
            Failure(operation, code: KafkaErrorCode(code), message: message, topic: topic, partition: partition))
    }

    /// Makes an error of `error` and frees it.
    init(_ operation: String, taking error: OpaquePointer) {
        self.init(
            Failure(
                operation, code: KafkaErrorCode(rd_kafka_error_code(error)),
                message: String(cString: rd_kafka_error_string(error)), isFatal: rd_kafka_error_is_fatal(error) != 0,
                isRetriable: rd_kafka_error_is_retriable(error) != 0,
                requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0))
        rd_kafka_error_destroy(error)
    }

    /// What librdkafka or a broker said; nil for an invalid setting.
    public var failure: Failure? {
        switch self {
        case .invalidSetting: nil
        case .unreachable(let failure), .refused(let failure), .fenced(let failure), .failed(let failure): failure
        }
    }

    /// Whether trying again later may help.
    public var isTransient: Bool {
        switch self {
        case .unreachable: true
        case .failed(let failure): failure.isRetriable
        case .invalidSetting, .refused, .fenced: false
        }
    }

    /// What failed, why, and what to do.
    public var description: String {
        switch self {
        case .invalidSetting(let name, let message):
            "Kafka setting\(name.map { " '\($0)'" } ?? "s") refused: \(message). Correct it in the configuration."
        case .unreachable(let failure):
            "Could not \(failure.operation): Kafka did not answer in time (\(failure.code): \(failure.message)). "
                + "Check bootstrap.servers, the network and the brokers."
        case .refused(let failure):
            "Could not \(failure.operation): Kafka refused (\(failure.code): \(failure.message)). "
                + "Check the credentials and the permissions."
        case .fenced(let failure):
            "Could not \(failure.operation): another process has this name (\(failure.code): \(failure.message)). "
                + "Give each process an instance name of its own."
        case .failed(let failure):
            "Could not \(failure.operation) (\(failure.code): \(failure.message))."
        }
    }
}

extension KafkaError {
    /// Records that were queued were not delivered, `code` being the first reason; the producer is to be replaced.
    public static func undelivered(_ code: KafkaErrorCode) -> KafkaError {
        KafkaError(Failure("deliver records", code: code, isFatal: true))
    }

    /// A broker did not take a record; what the transaction holds is spoiled, and the producer is not.
    public static func rejected(_ code: KafkaErrorCode) -> KafkaError {
        KafkaError(Failure("deliver a record", code: code, requiresAbort: true))
    }

    /// A loop of attempts came to its end without an answer.
    public static func noAnswer(_ operation: String) -> KafkaError {
        KafkaError(Failure(operation, code: .timedOut, isRetriable: true))
    }
}
