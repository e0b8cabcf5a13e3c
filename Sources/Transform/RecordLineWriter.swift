import Records

extension RecordLine {
    /// Appends a record as a line, all seven members in their order, without a line feed.
    ///
    /// - Parameters:
    ///   - record: what is written; its topic is left out in favour of `topic`.
    ///   - topic: the topic's name in UTF-8.
    ///   - origin: the line that the record came from, which tells what is unknown.
    ///   - out: where the line goes.
    /// - Throws: `.malformedLine` where a header's name is not UTF-8.
    public static func write(
        _ record: RecordView, topic: [UInt8], origin: RecordLine, to out: OutputBuffer
    ) throws(TransformError) {
        out.append("{\"topic\":")
        out.append(quoted: topic)
        append(",\"partition\":", origin.partition.map { Int($0) }, to: out)
        append(",\"offset\":", origin.offset.map { Int($0) }, to: out)
        append(",\"timestamp\":", origin.timestamp.map { Int($0) }, to: out)
        out.append(",\"key\":")
        append(base64: record.key, to: out)
        out.append(",\"value\":")
        append(base64: record.value, to: out)
        out.append(",\"headers\":[")
        for (index, header) in record.headers.enumerated() {
            guard String(validating: header.name, as: UTF8.self) != nil else {
                throw TransformError(.malformedLine, "a header's name is not UTF-8, which a line of JSON can't carry")
            }
            out.append(index > 0 ? ",[" : "[")
            FieldPath.appendQuoted(header.name, to: out)
            out.append(",")
            append(base64: header.value, to: out)
            out.append("]")
        }
        out.append("]}")
    }

    /// Appends the line that stands in the place of a record that failed, without a line feed.
    public static func write(_ error: TransformError, origin: RecordLine?, to out: OutputBuffer) {
        out.append("{\"error\":{\"reason\":")
        out.append(quoted: Array(error.reason.rawValue.utf8))
        out.append(",\"message\":")
        out.append(quoted: Array(error.message.utf8))
        out.append(",\"field\":")
        if let field = error.field {
            out.append(quoted: Array(field.utf8))
        } else {
            out.append("null")
        }
        out.append("}")
        append(",\"partition\":", origin?.partition.map { Int($0) }, to: out)
        append(",\"offset\":", origin?.offset.map { Int($0) }, to: out)
        out.append("}")
    }

    private static func append(_ member: StaticString, _ number: Int?, to out: OutputBuffer) {
        out.append(member)
        if let number {
            out.append(decimal: number)
        } else {
            out.append("null")
        }
    }

    private static func append(base64 bytes: UnsafeRawBufferPointer?, to out: OutputBuffer) {
        guard let bytes else { return out.append("null") }
        let count = Base64.encodedCount(bytes.count)
        out.append("\"")
        Base64.encode(bytes, into: out.reserve(count))
        out.commit(count)
        out.append("\"")
    }
}
