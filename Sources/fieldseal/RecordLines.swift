import KeyManagement
import Pipeline
import Records
import Transform

/// Transforms records given as lines.
struct RecordLines {
    private let target: [UInt8]
    private let source: [UInt8]
    private let isEncrypting: Bool
    private let transform: any RecordTransform
    private let timeout: Int64
    private let output = OutputBuffer(capacity: 4096)

    /// Whether a record failed.
    private(set) var sawFailure = false
    /// Whether a record failed because a KMS or registry did not answer in time.
    private(set) var sawTimeout = false

    /// - Parameter timeout: how long a record may wait, in milliseconds.
    init(pair: TopicPair, transform: any RecordTransform, timeout: Int64) {
        target = Array(pair.target.utf8)
        source = Array(pair.source.utf8)
        if case .encrypt = pair.action { isEncrypting = true } else { isEncrypting = false }
        self.transform = transform
        self.timeout = timeout
    }

    /// The line that comes out for a line, its line feed included; empty for a blank one. Valid until the next call.
    mutating func transform(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        output.removeAll()
        guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return output.bytes }
        var origin: RecordLine?
        do throws(TransformError) {
            let record = try RecordLine(parsing: line)
            origin = record
            try checkTopic(of: record)
            try write(record)
        } catch {
            output.removeAll()
            RecordLine.write(error, origin: origin, to: output)
            sawFailure = true
            if error.isTransient { sawTimeout = true }
        }
        output.append(UInt8(ascii: "\n"))
        return output.bytes
    }

    private func checkTopic(of record: RecordLine) throws(TransformError) {
        guard isEncrypting, let topic = record.topic, topic != source else { return }
        throw TransformError(.foreignTopic, "the record is of another topic than the pair's source")
    }

    private func write(_ record: RecordLine) throws(TransformError) {
        let deadline = DataKeyCache.now() + timeout
        try record.withRecord(defaultTopic: source) { view throws(TransformError) in
            while true {
                do throws(TransformError) {
                    let result = try transform.transform(view, now: DataKeyCache.now())
                    return try RecordLine.write(result, topic: target, origin: record, to: output)
                } catch {
                    let left = deadline - DataKeyCache.now()
                    guard error.isTransient, left > 0 else { throw error }
                    guard let need = error.need, transform.obtain(need, within: Int(left)) else {
                        RetryPause.wait(atMost: left)
                        continue
                    }
                }
            }
        }
    }
}
