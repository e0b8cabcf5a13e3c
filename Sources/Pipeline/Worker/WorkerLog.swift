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

    /// Partitions that came; their offsets are where they go on.
    func assigned(_ partitions: [TopicPartition]) {
        tell("Partitions assigned", partitions) { "\($0.partition)@\($0.offset)" }
    }

    func revoked(_ partitions: [TopicPartition], isLost: Bool) {
        tell(isLost ? "Partitions lost" : "Partitions revoked", partitions) { "\($0.partition)" }
    }

    /// One line a topic, also where it has none.
    private func tell(_ message: String, _ partitions: [TopicPartition], _ text: (TopicPartition) -> String) {
        let topics = Dictionary(grouping: partitions, by: \.topic).sorted { $0.key < $1.key }
        for (topic, partitions) in topics.isEmpty ? [(source, [])] : topics {
            let list = partitions.sorted { $0.partition < $1.partition }.map(text).joined(separator: ",")
            logger.info("\(message)", metadata: ["topic": "\(topic)", "partitions": "\(list)"])
        }
    }

    /// A partition that stands still, at its offset.
    func halted(_ partition: TopicPartition, cause: HaltCause, retryInMilliseconds: Int64?) {
        var metadata: Logger.Metadata = [
            "topic": "\(partition.topic)", "partition": "\(partition.partition)", "reason": "\(cause.code)",
            "message": "\(cause.message)",
        ]
        metadata["offset"] = partition.offset >= 0 ? "\(partition.offset)" : nil
        metadata["field"] = cause.field.map { "\($0)" }
        metadata["retryInMs"] = retryInMilliseconds.map { "\($0)" }
        logger.error("Partition halted", metadata: metadata)
    }

    func passedOn(_ partition: TopicPartition, cause: HaltCause, total: UInt64) {
        var metadata = Self.place(partition)
        metadata["reason"] = "\(cause.code)"
        metadata["message"] = "\(cause.message)"
        metadata["total"] = "\(total)"
        metadata["field"] = cause.field.map { "\($0)" }
        logger.warning(
            "Record passed on sealed or with default values, since it can't be opened; the next ones are told at most every 10 s",
            metadata: metadata)
    }

    func gap(_ partition: TopicPartition, to offset: Int64) {
        var metadata = Self.place(partition)
        metadata["until"] = "\(offset)"
        metadata["offsets"] = "\(offset - partition.offset)"
        logger.error(
            "The source no longer has the record to go on with; reading goes on at the first one that it has. Some of these offsets may be marks of transactions",
            metadata: metadata)
    }

    func deadLettered(_ partition: TopicPartition, cause: HaltCause, total: UInt64) {
        var metadata = Self.place(partition)
        metadata["reason"] = "\(cause.code)"
        metadata["message"] = "\(cause.message)"
        metadata["total"] = "\(total)"
        metadata["field"] = cause.field.map { "\($0)" }
        logger.error(
            "Record went to the dead-letter topic; the next ones are told at most every 10 s", metadata: metadata)
    }

    func resumed(_ partition: TopicPartition) {
        logger.notice("Partition resumed", metadata: Self.place(partition))
    }

    private static func place(_ partition: TopicPartition) -> Logger.Metadata {
        [
            "topic": "\(partition.topic)", "partition": "\(partition.partition)", "offset": "\(partition.offset)",
        ]
    }

    func skipped(_ partition: TopicPartition, _ skip: ControlEntry.Skip) {
        var metadata = Self.place(partition)
        metadata["actor"] = "\(skip.actor)"
        metadata["why"] = "\(skip.reason)"
        logger.notice("Record left out, as was asked", metadata: metadata)
    }

    func skipDropped(_ skip: ControlEntry.Skip, next: Int64) {
        logger.notice(
            "A skip is dropped, since the partition is past the record",
            metadata: [
                "topic": "\(skip.topic)", "partition": "\(skip.partition)", "offset": "\(skip.offset)",
                "next": "\(next)", "actor": "\(skip.actor)",
            ])
    }

    func idle(_ cause: IdleCause) {
        logger.notice(
            "Worker is idle; it keeps its partitions",
            metadata: ["reason": "\(cause.code)", "message": "\(cause.message)"])
    }

    func active() {
        logger.notice("Worker goes on")
    }

    func aborted(_ error: KafkaError) {
        logger.warning("Transaction aborted; its records are repeated", metadata: ["error": "\(error)"])
    }

    func restarting(_ error: KafkaError, inMilliseconds delay: Int64) {
        logger.warning(
            "Worker starts anew with new Kafka clients", metadata: ["error": "\(error)", "inMs": "\(delay)"])
    }

    func unknownTopic(_ partition: TopicPartition) {
        logger.warning(
            "A partition was assigned of a topic that this worker does not read", metadata: Self.place(partition))
    }

    func renewed(batchBytes: Int) {
        logger.notice(
            "Worker takes new Kafka clients, since a new target takes smaller batches",
            metadata: ["bytes": "\(batchBytes)"])
    }

    func kafka(_ error: KafkaError) {
        logger.warning("Kafka reports an error", metadata: ["error": "\(error)"])
    }

    func timestampReplaced(_ partition: TopicPartition) {
        logger.warning(
            "A record's timestamp of 0 becomes the current time in the target; further ones are only counted",
            metadata: Self.place(partition))
    }

    /// Handlers that write what a client tells into the same log.
    var clientEvents: ClientEvents { .logging(to: logger) }
}
