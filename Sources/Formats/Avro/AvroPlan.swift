import Records

/// How to find the fields of a set of rules in the binary data of one schema.
///
/// Compiled once per schema, then shared by any number of workers.
public struct AvroPlan: Sendable {
    /// The deepest nesting of records, arrays and maps that is read.
    public static let maximumDepth = 512

    /// What the envelope says of each rule, in the order of the paths.
    public let rules: [AvroRulePlan]
    /// The AAD's type names, as UTF-8, by `FieldMatch.type`; a name repeats where types of one name have different
    /// placeholders.
    public let typeNames: [[UInt8]]

    /// What each rule seals, for people; nothing where it matches no field of the schema.
    public let sealings: [[AvroSealing]]

    let steps: [AvroStep]
    /// Spelled segments and map keys, by ranges in steps.
    let pool: [UInt8]
    /// The program of a datum.
    let entry: Int
    private let placeholders: [[UInt8]]

    /// Compiles paths against a schema.
    ///
    /// A union has no segment: a path goes through every branch that has it. `*` stands for a map's values and for a
    /// record's fields.
    ///
    /// A path to a field that a record of the schema lacks matches nothing, as a schema may be older or younger than the
    /// rules.
    ///
    /// - Throws: `AvroSchemaError`, which names the rule, where a path runs into a type that could never have it, such as
    ///   `ssn.digits` where `ssn` is a string; where it overlaps another; or where it seals a type whose placeholder is not finite or is larger than 1 MiB.
    public init(schema: AvroSchema, paths: [FieldPath]) throws(AvroSchemaError) {
        var compiler = AvroPlanCompiler(schema: schema, paths: paths)
        entry = try compiler.compile()
        rules = compiler.rulePlans
        sealings = compiler.sealings
        steps = compiler.steps
        pool = compiler.pool
        typeNames = compiler.sealedTypes.map { Array($0.name.utf8) }
        placeholders = compiler.sealedTypes.map(\.placeholder)
    }

    /// Appends what the field of a `header` match holds while its ciphertext is elsewhere: the binary encoding of its
    /// type's placeholder, of a string without the length, which `AvroFieldScanner.splice` puts before it. Appends nothing for an `inline` match.
    ///
    /// - Parameter match: of a scan with this plan.
    public func appendPlaceholder(for match: FieldMatch, to out: OutputBuffer) {
        out.append(placeholders[match.type])
    }
}
