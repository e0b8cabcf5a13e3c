import Transform

/// Why a partition stands still: never with a value in it.
public struct HaltCause: Hashable, Sendable {
    /// A stable snake_case code: one of `TransformError.Reason`, or of this type's constants.
    public var code: String
    /// One sentence for people.
    public var message: String
    /// The rule's path, where one field is at fault.
    public var field: String?

    /// Makes a cause.
    public init(code: String, message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }

    /// Whether a KMS or registry did not answer.
    var isSilence: Bool {
        code == TransformError.Reason.keyUnavailable.rawValue
            || code == TransformError.Reason.schemaUnavailable.rawValue
    }

    /// The record that was made is larger than the target topic takes.
    static func recordTooLarge(target: String) -> HaltCause {
        HaltCause(
            code: "record_too_large",
            message:
                "The transformed record is larger than max.message.bytes of topic '\(target)'; raise that and restart."
        )
    }

    /// A record that can't be processed can't become a dead letter either.
    static func deadLetterFailed(_ message: String, of cause: HaltCause) -> HaltCause {
        HaltCause(
            code: "dead_letter_failed",
            message: "The record can't become a dead letter: \(message) It failed with \(cause.code): \(cause.message)",
            field: cause.field)
    }

    /// Nothing says where to begin.
    static func noCommittedOffset(target: String) -> HaltCause {
        HaltCause(
            code: "no_committed_offset",
            message:
                "The group has no committed offset here, and topic '\(target)' has held records before; "
                + "set startFrom to say where reading starts."
        )
    }

    /// The target lacks the partition.
    static func targetPartitionMissing(target: String) -> HaltCause {
        HaltCause(
            code: "target_partition_missing",
            message: "Topic '\(target)' has no such partition; add partitions to it, or set targetTopic.create."
        )
    }

    /// The group's offset is none that the source ever had.
    static func offsetOutOfRange(end: Int64) -> HaltCause {
        HaltCause(
            code: "offset_out_of_range",
            message:
                "The group's offset lies beyond the source's end (\(end)): the source was recreated or lost records. "
                + "Stop the pair, set the group's offset to where it is to go on, and start it again."
        )
    }

    /// Kafka keeps aborting the transaction.
    static func transactionAborted(_ reason: String) -> HaltCause {
        HaltCause(code: "transaction_aborted", message: "The transaction was aborted repeatedly. \(reason)")
    }
}
