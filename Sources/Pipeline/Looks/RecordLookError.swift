public import Records
public import Transform

/// Why nobody was shown a record; never with something of the record in it.
public enum RecordLookError: Error, Sendable, CustomStringConvertible {
    /// The pair encrypts: its source is plain.
    case notDecrypting
    /// The topic is none of the pair's, or was not named where the pair reads several.
    case topic(String)
    /// The list of fields is none.
    case fieldList(String)
    /// A field is asked for that the pair does not open.
    case field(FieldPath)
    /// The topic has no such partition.
    case noPartition(count: Int)
    /// The records before `first` are deleted.
    case gone(first: Int64)
    /// The partition has nothing committed at the offset yet; `end` is the next one.
    case notYet(end: Int64)
    /// The offset holds no record: the mark of a transaction, or a record that was aborted or compacted away.
    case noRecord
    /// The audit trail did not take the look in time, and is required.
    case unaudited
    /// The record can't be opened.
    case unopened(TransformError)
    /// Kafka refuses or is silent.
    case kafka(PipelineError)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .notDecrypting: "the pair encrypts, so that its source is plain: look at a decrypt pair's"
        case .topic(let message), .fieldList(let message): message
        case .field(let path): "the pair does not open \(path)"
        case .noPartition(let count): "the topic has \(count) partitions, counted from 0"
        case .gone(let first): "the record was deleted; the first that is there has offset \(first)"
        case .notYet(let end): "there is no such record yet; the next one will have offset \(end)"
        case .noRecord:
            "there is no record at this offset: it is the mark of a transaction, or of a record that was aborted or compacted"
        case .unaudited:
            "the audit trail is required and did not take this in time; nothing is shown that is not on record"
        case .unopened(let error): "the record can't be opened: \(error)"
        case .kafka(let error): "\(error)"
        }
    }
}
