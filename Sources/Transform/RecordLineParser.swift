import Formats
import Records

extension RecordLine {
    /// Parses a line.
    ///
    /// - Throws: `.malformedLine` for what is no JSON object, an unknown member, a wrong type, a number out of range, or
    ///   base64 that is not canonical; the message says which member, and shows nothing of the line.
    public init(parsing line: UnsafeRawBufferPointer) throws(TransformError) {
        var fault: StaticString?
        do throws(FormatError) {
            var parser = RecordLineParser(reader: try JSONReader(line))
            self = try parser.parse(&fault)
        } catch {
            let detail = fault.map { "\($0)" } ?? "\(error)"
            throw TransformError(.malformedLine, "the line is not a record: \(detail)")
        }
    }
}

private struct RecordLineParser {
    var reader: JSONReader

    mutating func parse(_ fault: inout StaticString?) throws(FormatError) -> RecordLine {
        var line = RecordLine(value: nil)
        var hasValue = false
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "topic": line.topic = try optional { reader throws(FormatError) in try reader.readBytes() }
            case "partition": line.partition = try integer().map { Int32($0) }
            case "offset": line.offset = try integer(atMost: .max).map { Int64($0) }
            case "timestamp": line.timestamp = try integer(atLeast: -1, atMost: .max).map { Int64($0) }
            case "key": line.key = try base64()
            case "value":
                line.value = try base64()
                hasValue = true
            case "headers": line.headers = try headers()
            default:
                fault = "it has a member that is none of topic, partition, offset, timestamp, key, value, headers"
                throw FormatError(.malformed, at: reader.offset, "an unknown member")
            }
        }
        try reader.expectEnd()
        guard hasValue else {
            fault = "it has no member value; give null for a tombstone"
            throw FormatError(.malformed, at: 0, "no value")
        }
        return line
    }

    private mutating func optional<Result>(
        _ read: (inout JSONReader) throws(FormatError) -> Result
    ) throws(FormatError) -> Result? {
        try reader.readNull() ? nil : try read(&reader)
    }

    private mutating func integer(atLeast low: Int = 0, atMost high: Int = Int(Int32.max)) throws(FormatError) -> Int? {
        let start = reader.offset
        let number = try optional { reader throws(FormatError) in try reader.readInteger() }
        guard let number else { return nil }
        guard (low...high).contains(number) else { throw FormatError(.malformed, at: start, "a number out of range") }
        return number
    }

    private mutating func base64() throws(FormatError) -> [UInt8]? {
        let start = reader.offset
        guard let text = try optional({ reader throws(FormatError) in try reader.readString() }) else { return nil }
        guard let bytes = Base64.decode(text) else {
            throw FormatError(.malformed, at: start, "not base64 in its canonical form, with padding")
        }
        return bytes
    }

    private mutating func headers() throws(FormatError) -> [RecordLine.Header] {
        var headers: [RecordLine.Header] = []
        if try reader.readNull() { return headers }
        try reader.beginArray()
        while try reader.nextElement() {
            let start = reader.offset
            try reader.beginArray()
            guard try reader.nextElement() else { throw Self.notAPair(at: start) }
            let name = try reader.readBytes()
            guard try reader.nextElement() else { throw Self.notAPair(at: start) }
            let value = try base64()
            guard try !reader.nextElement() else { throw Self.notAPair(at: start) }
            headers.append(RecordLine.Header(name: name, value: value))
        }
        return headers
    }

    private static func notAPair(at offset: Int) -> FormatError {
        FormatError(.malformed, at: offset, "a header is a list of its name and its value")
    }
}
