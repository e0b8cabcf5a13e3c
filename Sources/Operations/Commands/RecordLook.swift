/// Shows one record of a pair's source, opened, to somebody who may see it; whoever implements it puts it on record.
public protocol RecordLook: Sendable {
    /// Reads and opens a record; blocks.
    ///
    /// - Parameters:
    ///   - pair: the pair, which runs in this process.
    ///   - partition: the partition of its source.
    ///   - offset: the record's offset.
    ///   - fields: the fields to open; all that the pair opens where it is empty.
    ///   - actor: who wants it.
    ///   - reason: why, in their words.
    /// - Returns: the record as a JSON object, as `fieldseal read` prints it.
    func look(
        pair: String, partition: Int32, offset: Int64, fields: [String], actor: String, reason: String
    ) throws(RecordLookError) -> [UInt8]
}

/// Why a record is not shown; the sentences are for people and hold nothing of a record.
public enum RecordLookError: Error, Sendable {
    /// There is no such record, or not any more.
    case noRecord(String)
    /// What was asked for is not something that can be shown, such as a field that is not sealed.
    case unfit(String)
    /// The record can't be opened.
    case unopened(String)
    /// Kafka, the KMS or the registry did not answer, or the audit trail takes nothing.
    case unavailable(String)
}
