/// The search for a record that a broker refuses as too large, though the producer took it: the topic's limit was lowered
/// since, or the broker has a lower one of its own.
///
/// A refusal concerns a batch, and spoils what is open. So what was open is read again and sent record by record, each
/// acknowledged before the next, until one is refused alone: it can't be delivered, and the failure policy decides on it.
struct RefusedRecordSearch: Equatable {
    /// What was made of a record and was refused.
    enum Form: Equatable {
        case record
        case deadLetter
    }

    private struct Finding: Equatable {
        var offset: Int64
        var form: Form
    }

    /// Per partition the offset after the last record that may be the one.
    private var ends: [Int32: Int64] = [:]
    private var findings: [Int32: Finding] = [:]

    /// A batch was refused.
    ///
    /// - Parameter ends: per partition the offset after the last record that was sent and not committed.
    mutating func begin(_ ends: [Int32: Int64]) {
        self.ends = ends
    }

    /// Whether this record is to be acknowledged before the next is sent.
    func isSuspect(partition: Int32, offset: Int64) -> Bool {
        guard !ends.isEmpty, let end = ends[partition] else { return false }
        return offset < end
    }

    /// This record was refused alone.
    mutating func found(partition: Int32, offset: Int64, as form: Form) {
        findings[partition] = Finding(offset: offset, form: form)
    }

    /// What of this record is known to be refused, if anything is.
    func refusal(partition: Int32, offset: Int64) -> Form? {
        guard !findings.isEmpty, let finding = findings[partition], finding.offset == offset else { return nil }
        return finding.form
    }

    /// What was sent is committed up to these offsets: what is behind them is not searched any more.
    mutating func committed(_ offsets: [Int32: Int64]) {
        guard !ends.isEmpty else { return }
        ends = ends.filter { $0.value > offsets[$0.key] ?? .min }
    }
}
