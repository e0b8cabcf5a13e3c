import CProtobufReflection
import Records

/// Turns the payloads of one message type into canonical JSON with the names of the .proto, and back
/// (protobuf.dev, "ProtoJSON Format").
///
/// libprotobuf makes and frees a message in memory for each payload.
public final class ProtobufJSONConversion: JSONConversion {
    private let schema: ProtobufSchema
    private let message: ProtobufMessage
    private let converter: OpaquePointer
    /// What a field of each rule of the last plan holds by default.
    private var defaults: [[UInt8]?] = []

    /// Makes a conversion of the message at an index path.
    ///
    /// - Parameter messagePath: the place of a message in the file, then of one nested in it, and so on, from 0.
    /// - Throws: `JSONConversionError` where the schema has no such message, or one that Confluent's clients would not
    ///   agree on, since they count nested messages differently behind a map.
    public init(schema: ProtobufSchema, messagePath: [Int32]) throws(JSONConversionError) {
        guard let message = schema.message(at: messagePath) else {
            throw JSONConversionError("the schema has no certain message at the index path \(messagePath)")
        }
        guard let converter = pbr_converter_create(schema.handle, message.handle) else {
            throw JSONConversionError("no memory for messages of \(message.name)")
        }
        self.schema = schema
        self.message = message
        self.converter = converter
    }

    deinit {
        pbr_converter_destroy(converter)
    }

    /// The message type's name with its package.
    public var messageName: String { message.name }

    /// Compiles paths of .proto names; an extension's name is its full name in brackets, which a path quotes.
    ///
    /// A name that the message lacks matches nothing, since schemas evolve.
    /// - Throws: `JSONConversionError` where a path runs into a type that could never have it, such as a scalar, a
    ///   Timestamp or an Any, or overlaps another.
    public func plan(for paths: [FieldPath]) throws(JSONConversionError) -> JSONPlan {
        try ProtobufPathCheck.checkOverlaps(paths)
        let check = ProtobufPathCheck(message: message)
        var found: [[UInt8]?] = []
        for (rule, path) in paths.enumerated() {
            found.append(try check.defaultJSON(of: path, rule: rule).map { Array($0.utf8) })
        }
        defaults = found
        return JSONPlan(paths: paths)
    }

    /// Appends a payload as canonical JSON; unknown fields are left out.
    ///
    /// - Throws: `FormatError`, `malformed` where the payload is no message of the type; `refused` where canonical JSON has no
    ///   form for it, or it would be too deep or too large.
    public func appendJSON(of payload: UnsafeRawBufferPointer, to out: OutputBuffer) throws(FormatError) {
        try append(pbr_json_of_payload(converter, payload.baseAddress, payload.count), to: out)
    }

    /// Appends the payload that a JSON text stands for: fields in the order of their numbers, lists packed as the schema says, the
    /// entries of maps in the order of the text.
    ///
    /// - Throws: `FormatError`, `malformed` where the text does not fit the message; `refused` where it is too deep or too
    ///   large.
    public func appendPayload(ofJSON text: UnsafeRawBufferPointer, to out: OutputBuffer) throws(FormatError) {
        try append(pbr_payload_of_json(converter, text.baseAddress, text.count), to: out)
    }

    /// The default of the field's type: docs/formats.md, "Default values".
    ///
    /// Nil where a wildcard reaches fields whose defaults differ.
    public func defaultJSON(for match: FieldMatch) -> [UInt8]? {
        defaults[match.rule]
    }

    private func append(_ result: pbr_result, to out: OutputBuffer) throws(FormatError) {
        if result.status == PBR_DONE {
            return out.append(UnsafeRawBufferPointer(start: result.bytes, count: result.count))
        }
        let (kind, reason) = Self.fault(of: result.status)
        throw FormatError(kind, at: result.offset, reason)
    }

    private static func fault(of status: pbr_status) -> (FormatError.Kind, StaticString) {
        switch status {
        case PBR_MALFORMED: (.malformed, "not a valid message of the schema's type")
        case PBR_BAD_TEXT: (.malformed, "a string that is not UTF-8")
        case PBR_UNKNOWN_FIELD: (.malformed, "a field that the schema does not have")
        case PBR_DUPLICATE_FIELD: (.malformed, "a field twice, or two fields of one oneof")
        case PBR_MISMATCH: (.malformed, "a value that does not fit its field")
        case PBR_NO_JSON_FORM: (.refused, "a value that canonical JSON has no form for")
        case PBR_UNKNOWN_TYPE: (.refused, "an Any of a type that the schema does not know")
        case PBR_TOO_DEEP: (.refused, "nested deeper than 100 messages")
        case PBR_TOO_LARGE: (.refused, "it would take too much memory")
        default: (.refused, "libprotobuf failed")
        }
    }
}
