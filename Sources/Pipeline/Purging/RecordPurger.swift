import KafkaClient
import Logging

/// Deletes records of partitions, and lets the audit trail know.
///
/// Belongs to one thread; blocks while it asks the cluster.
struct RecordPurger {
    /// Why records are deleted; the raw value is `policy` in the audit trail.
    enum Cause: String {
        case consumed
        case all
        case age
        case source
    }

    /// A partition whose records before an offset are to go.
    struct Deletion {
        var partition: TopicPartition
        /// The first offset that is there.
        var low: Int64
        /// The first offset that stays.
        var before: Int64
        /// How many of them nobody has read; nil where that does not matter.
        var unread: Int64?
    }

    let pair: String
    let admin: any ClusterAdmin
    let audit: any AuditTrail
    let board: DemandBoard
    let logger: Logger
    /// How long one answer may take, in milliseconds.
    static let timeout = 10_000

    /// The first and the next offset of a partition.
    func watermarks(_ partition: TopicPartition) throws(KafkaError) -> (low: Int64, high: Int64) {
        try admin.watermarks(topic: partition.topic, partition: partition.partition, timeout: Self.timeout)
    }

    /// Deletes.
    ///
    /// - Throws: the first error; what was deleted all the same is in the audit trail.
    func delete(_ deletions: [Deletion], because cause: Cause) throws(KafkaError) {
        let deletions = deletions.filter { $0.before > $0.low }
        guard !deletions.isEmpty else { return }
        var failure: KafkaError?
        do {
            try admin.deleteRecords(
                before: deletions.map { deletion in
                    var partition = deletion.partition
                    partition.offset = deletion.before
                    return partition
                }, timeout: Self.timeout)
        } catch {
            failure = error
        }
        for deletion in deletions {
            // What the cluster says now counts, whatever became of the call.
            guard failure == nil || ((try? watermarks(deletion.partition).low) ?? deletion.low) >= deletion.before
            else { continue }
            tell(deletion, cause)
        }
        if let failure { throw failure }
    }

    private func tell(_ deletion: Deletion, _ cause: Cause) {
        let count = deletion.before - deletion.low
        board.addPurged(count)
        var details = ["policy": cause.rawValue, "from": String(deletion.low), "offsets": String(count)]
        if let unread = deletion.unread { details["unread"] = String(unread) }
        audit.record(
            AuditEvent(
                .purged, pair: pair, topic: deletion.partition.topic, partition: deletion.partition.partition,
                offset: deletion.before, message: "Records before this offset were deleted.", details: details))
        logger.notice(
            "Records deleted",
            metadata: [
                "pair": "\(pair)", "topic": "\(deletion.partition.topic)",
                "partition": "\(deletion.partition.partition)", "before": "\(deletion.before)", "offsets": "\(count)",
                "policy": "\(cause.rawValue)", "unread": "\(deletion.unread.map { "\($0)" } ?? "-")",
            ])
    }
}
