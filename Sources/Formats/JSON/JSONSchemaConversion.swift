import Records

/// The conversion of values that are JSON text already, behind the framing of a JSON Schema: the text is kept as it is,
/// byte for byte, and the schema checks nothing.
public final class JSONSchemaConversion: JSONConversion {
    /// Makes one; it has no state.
    public init() {}

    /// Compiles paths as for plain JSON: any object may have any member.
    public func plan(for paths: [FieldPath]) -> JSONPlan {
        JSONPlan(paths: paths)
    }

    /// Appends the text. Whether it is JSON at all shows when its fields are looked for.
    public func appendJSON(of payload: UnsafeRawBufferPointer, to out: OutputBuffer) {
        out.append(payload)
    }

    /// Appends the text.
    public func appendPayload(ofJSON text: UnsafeRawBufferPointer, to out: OutputBuffer) {
        out.append(text)
    }

    /// `null`: nothing but the sealed token says of which type the field was.
    public func defaultJSON(for match: FieldMatch) -> [UInt8]? {
        Array("null".utf8)
    }
}
