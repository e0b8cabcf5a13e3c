import Cryptography
import KeyManagement
import Records

/// Makes the dead letter of a record: the whole record as a line of JSON, sealed, and beside it in the clear which record
/// that was and why (wire-format.md, "Dead letters").
///
/// Not thread-safe: a worker owns one.
public final class DeadLetterSealer {
    private let encryptor: RecordEncryptor
    private let line = OutputBuffer(capacity: 4096)
    private let error = OutputBuffer(capacity: 512)
    private let written = HeaderList()

    /// Makes a sealer.
    ///
    /// - Parameters:
    ///   - rules: where dead letters go, and their key.
    ///   - keys: the worker's view of its data keys.
    public init(rules: DeadLetterRules, keys: DataKeyReader) throws(TransformError) {
        let payload = PayloadRule(key: rules.key, algorithm: .aes256GCM)
        encryptor = try RecordEncryptor(
            rules: EncryptionRules(
                value: PartRule(.payload(payload), format: .bytes), padding: 0, bindsKey: false),
            target: rules.topic, keys: keys)
    }

    /// The dead letter of `record`.
    ///
    /// - Parameters:
    ///   - record: the record as it was read; its topic is in it.
    ///   - origin: what is told in the clear.
    ///   - now: as for a transform.
    /// - Returns: a record with the partition of `record`, without key, stamped with 0, which stands for the time of
    ///   writing; it is valid until the next call.
    /// - Throws: what sealing throws; `malformedLine` where a header's name is not UTF-8. A transient error may name what is
    ///   needed.
    public func seal(_ record: RecordView, _ origin: DeadLetterOrigin, now: Int64) throws(TransformError) -> RecordView
    {
        line.removeAll()
        let place = RecordLine(
            partition: record.partition, offset: record.offset, timestamp: record.timestamp, value: nil)
        try RecordLine.write(record, topic: Array(record.topic), origin: place, to: line)
        // The time of writing, since a topic that keeps records by age would lose an old record's letter at once.
        var letter = RecordView(
            topic: record.topic, partition: record.partition, offset: record.offset, timestamp: 0, key: nil,
            value: line.bytes, headers: UnsafeBufferPointer(start: nil, count: 0))
        letter = try encryptor.transform(letter, now: now)
        written.removeAll()
        written.append(contentsOf: letter.headers)
        writeError(of: record, origin)
        written.append(HeaderView(name: HeaderName.error.bytes, value: error.bytes))
        letter.headers = written.views
        return letter
    }

    private func writeError(of record: RecordView, _ origin: DeadLetterOrigin) {
        error.removeAll()
        error.append("{\"pair\":")
        error.append(quoted: Array(origin.pair.utf8))
        error.append(",\"topic\":")
        error.append(quoted: Array(record.topic))
        error.append(",\"partition\":")
        error.append(decimal: Int(record.partition))
        error.append(",\"offset\":")
        error.append(decimal: Int(record.offset))
        error.append(",\"reason\":")
        error.append(quoted: Array(origin.reason.utf8))
        error.append(",\"field\":")
        if let field = origin.field {
            error.append(quoted: Array(field.utf8))
        } else {
            error.append("null")
        }
        error.append("}")
    }

    /// Waits for a data key.
    public func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool {
        encryptor.obtain(need, within: milliseconds)
    }

    /// Lets go of data keys whose time is over.
    public func releaseExpired(now: Int64) {
        encryptor.releaseExpired(now: now)
    }
}
