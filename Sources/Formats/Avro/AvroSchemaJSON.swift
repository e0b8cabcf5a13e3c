/// A JSON value of a schema's text.
///
/// Read strictly (RFC 8259): duplicate members are refused, since readers that keep the first and readers that keep the
/// last would see two schemas, and nesting is bounded before anything recurses.
indirect enum AvroSchemaJSON {
    case object([String: AvroSchemaJSON])
    case array([AvroSchemaJSON])
    case string(String)
    /// As spelled, since sizes must not pass through floating point.
    case number(String)
    case boolean(Bool)
    case null

    /// The longest text that is read, in bytes.
    static let maximumBytes = 1 << 20
    /// The deepest nesting of objects and arrays that is read.
    static let maximumDepth = 256

    init(parsing text: String) throws(AvroSchemaError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumBytes else {
            throw AvroSchemaError(at: "", "the text is longer than \(Self.maximumBytes) bytes")
        }
        var reader = AvroSchemaJSONReader(bytes: bytes)
        self = try reader.document()
    }

    /// The value as a whole number, where it is spelled as one.
    var integer: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    /// The value as text, where it is a string.
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}
