import KafkaClient
import Logging

/// The lines that a worker writes: structured, and never with a record's content.
struct WorkerLog: Sendable {
    private let logger: Logger
    private let source: String

    init(_ logger: Logger, pair: TopicPair, number: Int) {
        var logger = logger
        logger[metadataKey: "pair"] = "\(pair.name)"
        logger[metadataKey: "worker"] = "\(number)"
        self.logger = logger
        source = pair.source
    }

    func started(_ identity: WorkerIdentity) {
        logger.info(
            "Worker started", metadata: ["name": "\(identity.groupInstanceID ?? "dynamic")", "topic": "\(source)"])
    }

    func stopped(_ counters: WorkerStatus.Counters) {
        logger.info(
            "Worker stopped",
            metadata: [
                "read": "\(counters.recordsRead)", "written": "\(counters.recordsWritten)",
                "transactions": "\(counters.transactionsCommitted)",
            ])
    }

    func stoppedUncommitted(_ error: KafkaError) {
        logger.warning(
            "Worker stopped without committing what was open; the next start repeats it",
            metadata: ["error": "\(error)"])
    }

    func assigned(_ positions: [(partition: Int32, next: Int64)]) {
        let partitions = positions.map { "\($0.partition)@\($0.next)" }.joined(separator: ",")
        logger.info("Partitions assigned", metadata: ["topic": "\(source)", "partitions": "\(partitions)"])
    }

    func revoked(_ partitions: [Int32], isLost: Bool) {
        let list = partitions.map(String.init).joined(separator: ",")
        logger.info(
            isLost ? "Partitions lost" : "Partitions revoked",
            metadata: ["topic": "\(source)", "partitions": "\(list)"])
    }

    func halted(partition: Int32, offset: Int64?, cause: HaltCause, retryInMilliseconds: Int64?) {
        var metadata: Logger.Metadata = [
            "topic": "\(source)", "partition": "\(partition)", "reason": "\(cause.code)", "message": "\(cause.message)",
        ]
        metadata["offset"] = offset.map { "\($0)" }
        metadata["field"] = cause.field.map { "\($0)" }
        metadata["retryInMs"] = retryInMilliseconds.map { "\($0)" }
        logger.error("Partition halted", metadata: metadata)
    }

    func passedOn(partition: Int32, offset: Int64, cause: HaltCause, total: UInt64) {
        var metadata: Logger.Metadata = [
            "topic": "\(source)", "partition": "\(partition)", "offset": "\(offset)", "reason": "\(cause.code)",
            "message": "\(cause.message)", "total": "\(total)",
        ]
        metadata["field"] = cause.field.map { "\($0)" }
        logger.warning(
            "Record passed on sealed or with default values, since it can't be opened; the next ones are told at most every 10 s",
            metadata: metadata)
    }

    func resumed(partition: Int32, offset: Int64) {
        logger.notice(
            "Partition resumed",
            metadata: ["topic": "\(source)", "partition": "\(partition)", "offset": "\(offset)"])
    }

    func aborted(_ error: KafkaError) {
        logger.warning("Transaction aborted; its records are repeated", metadata: ["error": "\(error)"])
    }

    func restarting(_ error: KafkaError, inMilliseconds delay: Int64) {
        logger.warning(
            "Worker starts anew with new Kafka clients", metadata: ["error": "\(error)", "inMs": "\(delay)"])
    }

    func kafka(_ error: KafkaError) {
        logger.warning("Kafka reports an error", metadata: ["error": "\(error)"])
    }

    func timestampReplaced(partition: Int32, offset: Int64) {
        logger.warning(
            "A record's timestamp of 0 becomes the current time in the target; further ones are only counted",
            metadata: ["topic": "\(source)", "partition": "\(partition)", "offset": "\(offset)"])
    }

    /// Handlers that write what a client tells into the same log.
    var clientEvents: ClientEvents { .logging(to: logger) }
}
