import Records

/// Turns the Avro binary data of one schema into JSON text and back (docs/wire-format.md, "convert_json").
///
/// The text is Avro's JSON encoding (Avro 1.12, "JSON Encoding") but for two things: a union of null and one other type
/// has no tag, and NaN and the infinities are the strings `NaN`, `Infinity` and `-Infinity`.
public final class AvroJSONConversion: JSONConversion {
    private let schema: AvroSchema
    private let types: AvroJSONTypes
    private let body = OutputBuffer(capacity: 4096)
    private let scratch = OutputBuffer(capacity: 1024)
    /// The default of each type of field that the last plan finds; nil where it has none.
    private var defaults: [[UInt8]?] = []

    /// Compiles the schema.
    public init(schema: AvroSchema) {
        self.schema = schema
        types = AvroJSONTypes(schema: schema)
    }

    /// Compiles paths against the schema, as `AvroPlan` does.
    ///
    /// - Throws: `JSONConversionError` where a path runs into a type that could never have it, or overlaps another.
    public func plan(for paths: [FieldPath]) throws(JSONConversionError) -> JSONPlan {
        var compiler = AvroJSONPathCompiler(schema: schema, paths: paths)
        do throws(AvroSchemaError) {
            try compiler.compile()
        } catch {
            throw JSONConversionError(error)
        }
        defaults = compiler.sealedTypes.map { defaultJSON(ofType: $0) }
        return JSONPlan(paths: paths, compiled: compiler.automaton)
    }

    /// Appends a datum, Avro's binary encoding without framing, as JSON text.
    ///
    /// - Throws: `FormatError`, `malformed` where the payload is not one datum of the schema; `refused` where its text
    ///   would be nested deeper than 512 containers or longer than 64 MiB.
    public func appendJSON(of payload: UnsafeRawBufferPointer, to out: OutputBuffer) throws(FormatError) {
        var writer = AvroJSONWriter(types: types, payload: payload, out: out, scratch: scratch)
        try writer.datum()
    }

    /// Appends the datum that a JSON text stands for: numbers as short as can be, arrays and maps as one block without a
    /// byte size.
    ///
    /// - Throws: `FormatError`, `malformed`, where the text does not fit the schema. A record's members must all be there,
    ///   in the schema's order.
    public func appendPayload(ofJSON text: UnsafeRawBufferPointer, to out: OutputBuffer) throws(FormatError) {
        guard var reader = AvroJSONReader(types: types, text: text, body: body, scratch: scratch) else {
            throw FormatError(.malformed, at: 0, "an empty text")
        }
        try reader.append(to: out)
    }

    /// The default of the type that a field has in the schema: docs/formats.md, "Default values".
    ///
    /// Nil where it would take over 1 MiB.
    public func defaultJSON(for match: FieldMatch) -> [UInt8]? {
        defaults[match.type]
    }

    private func defaultJSON(ofType type: Int) -> [UInt8]? {
        guard let payload = defaultPayload(ofType: type) else { return nil }
        let out = OutputBuffer()
        do throws(FormatError) {
            let datum = OutputBuffer(holding: payload)
            try withExtendedLifetime(datum) { () throws(FormatError) in
                var writer = AvroJSONWriter(types: types, root: type, payload: datum.bytes, out: out, scratch: scratch)
                try writer.datum()
            }
        } catch {
            return nil
        }
        return Array(out.bytes)
    }

    /// A sealed union was not null, so its default isn't either, unless it can't be anything else.
    private func defaultPayload(ofType type: Int) -> [UInt8]? {
        guard case .union(let branches) = schema.types[type].shape else {
            return try? AvroPlaceholder.of(type, in: schema.types, meaning: .withheld)
        }
        for (index, branch) in branches.enumerated() where schema.types[branch].shape != .null {
            guard let content = try? AvroPlaceholder.of(branch, in: schema.types, meaning: .withheld) else { continue }
            return AvroVarint.bytes(Int64(index)) + content
        }
        return nil
    }
}

extension JSONConversionError {
    init(_ error: AvroSchemaError) {
        self.init(error.location.isEmpty ? error.reason : "at \(error.location): \(error.reason)", rule: error.rule)
    }
}
