import Records

/// Turns the payloads of one schema into JSON text and back (`schemaDataMode: convert_json`).
///
/// Payloads come and go without their framing. Not thread-safe: a transform owns one for each schema.
public protocol JSONConversion: AnyObject {
    /// Compiles `paths` against the schema, for the JSON text that this conversion writes.
    ///
    /// - Throws: `JSONConversionError`, which names the rule, where a path runs into a type that could never have it, so
    ///   that no field stays in the clear by mistake.
    func plan(for paths: [FieldPath]) throws(JSONConversionError) -> JSONPlan

    /// Appends a payload as JSON text (RFC 8259) without spaces.
    ///
    /// - Throws: `FormatError` where the payload is not valid under the schema; what was appended is then worthless.
    func appendJSON(of payload: UnsafeRawBufferPointer, to out: OutputBuffer) throws(FormatError)

    /// Appends the payload that a JSON text of this conversion stands for.
    ///
    /// It need not be the payload that the text was made of, where JSON can't carry that one's every byte.
    ///
    /// - Throws: `FormatError` where the text does not fit the schema; what was appended is then worthless.
    func appendPayload(ofJSON text: UnsafeRawBufferPointer, to out: OutputBuffer) throws(FormatError)

    /// What a field that may not be opened holds instead: 0, "", false or what is empty in its type, as JSON text that
    /// `appendPayload` takes; nil where its type has nothing of the kind.
    ///
    /// - Parameter match: of a scan with the plan that `plan(for:)` last made.
    func defaultJSON(for match: FieldMatch) -> [UInt8]?
}
