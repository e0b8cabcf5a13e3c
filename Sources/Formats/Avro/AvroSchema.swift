/// A validated Avro schema (Avro 1.12, "Schema Declaration").
///
/// Defaults, aliases and documentation play no part in reading bytes and are not kept; what Avro gives no meaning is, as far
/// as it is text.
public struct AvroSchema: Sendable {
    /// Every type of it; the first eight are the plain primitives.
    let types: [AvroType]
    /// The type of a datum, as an index into `types`.
    let root: Int
    /// What is written beside an unnamed root type that Avro gives no meaning.
    let attributes: SchemaAttributes
    /// Whether values of each type are encoded in no bytes at all.
    let isEmpty: [Bool]

    /// The schema in Parsing Canonical Form (Avro 1.12, "Transforming into Parsing Canonical Form"), with each named
    /// type of the references written out where it is first used.
    public let canonicalForm: String

    /// Reads a schema's JSON text.
    ///
    /// - Parameters:
    ///   - text: the schema, at most 1 MiB and 256 levels of JSON.
    ///   - references: further schemas whose named types it may use, in an order in which each uses only those before it.
    /// - Throws: `AvroSchemaError` where the text is no JSON, breaks a rule of Avro's or has no finite value.
    public init(parsing text: String, references: [String] = []) throws(AvroSchemaError) {
        var parser = AvroSchemaParser()
        for reference in references { _ = try parser.parse(reference) }
        root = try parser.parse(text)
        attributes = parser.looseAttributes
        types = parser.types
        try Self.refuseInfinite(types)
        isEmpty = AvroTypeGraph.empty(types)
        canonicalForm = AvroCanonicalForm.text(of: root, in: types)
    }

    /// The CRC-64-AVRO fingerprint of the canonical form, as 16 lower-case hexadecimal digits, big-endian.
    public var fingerprint: String {
        let digits = String(AvroFingerprint.of(canonicalForm.utf8), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private static func refuseInfinite(_ types: [AvroType]) throws(AvroSchemaError) {
        let finite = AvroTypeGraph.finite(types)
        guard let type = types.indices.first(where: { !finite[$0] && types[$0].name != nil }) else { return }
        throw AvroSchemaError(at: types[type].name ?? "", "the record is cyclic by value: it has no finite value")
    }
}
