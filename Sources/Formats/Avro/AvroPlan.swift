import Records

/// How to find the fields of a set of rules in the binary data of one schema.
///
/// Compiled once per schema and immutable, so any number of workers may share it.
public final class AvroPlan: Sendable {
    /// The deepest nesting of records, arrays and maps that is read.
    public static let maximumDepth = 512

    /// What the envelope says of each rule, in the order of the paths.
    public let rules: [AvroRulePlan]
    /// The AAD's type names, as UTF-8, by `FieldMatch.type`; a name repeats where types of one name have different
    /// placeholders.
    public let typeNames: [[UInt8]]

    /// What each rule seals, for people; nothing where it matches no field of the schema.
    public let sealings: [[AvroSealing]]

    // Sound to share: written in `init`, read only afterwards, freed in `deinit`.
    nonisolated(unsafe) let steps: UnsafePointer<AvroStep>
    let stepCount: Int
    /// Spelled segments and map keys, by ranges in steps.
    nonisolated(unsafe) let pool: UnsafePointer<UInt8>
    /// The concrete path of what each rule matches, as a range of `spelledPaths`; nil where it has a wildcard.
    nonisolated(unsafe) let spelledRanges: UnsafePointer<Range<Int>?>
    let spelledPaths: [UInt8]
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
        steps = UnsafePointer(copying: compiler.steps)
        stepCount = compiler.steps.count
        pool = UnsafePointer(copying: compiler.pool)
        let spelled = SpelledPaths(paths)
        spelledRanges = UnsafePointer(copying: spelled.ranges)
        spelledPaths = spelled.bytes
        typeNames = compiler.sealedTypes.map { Array($0.name.utf8) }
        placeholders = compiler.sealedTypes.map(\.placeholder)
    }

    deinit {
        steps.deallocate()
        pool.deallocate()
        spelledRanges.deallocate()
    }

    /// Appends what the field of a `header` match holds while its ciphertext is elsewhere: the binary encoding of its
    /// type's placeholder, of a string without the length, which `AvroFieldScanner.splice` puts before it. Appends nothing for an `inline` match.
    ///
    /// - Parameter type: of a match of a scan with this plan.
    public func appendPlaceholder(ofType type: Int, to out: OutputBuffer) {
        out.append(placeholders[type])
    }
}
