/// One type of a schema; types that it is made of are indices into the schema's `types`.
struct AvroType: Sendable {
    /// What its binary encoding looks like (Avro 1.12, "Binary Encoding").
    enum Shape: Hashable, Sendable {
        case null, boolean, int, long, float, double, bytes, string
        case fixed(size: Int)
        case enumeration(symbols: [String])
        case array(items: Int)
        case map(values: Int)
        case record(fields: [AvroField])
        case union(branches: [Int])
    }

    var shape: Shape
    /// The full name of a record, enum or fixed.
    var name: String?
    var logical: AvroLogicalType?
    /// What is written beside a named type that Avro gives no meaning.
    var attributes = SchemaAttributes()

    /// The primitive types by name, in the order in which every schema's `types` begins.
    static let primitives: [(name: String, shape: Shape)] = [
        ("null", .null), ("boolean", .boolean), ("int", .int), ("long", .long), ("float", .float),
        ("double", .double), ("bytes", .bytes), ("string", .string),
    ]

    /// The type's name in the AAD: a primitive's name, `array`, `map`, or a named type's full name; nil for a union.
    var displayName: String? {
        switch shape {
        case .array: "array"
        case .map: "map"
        case .union: nil
        default: name ?? Self.primitives.first { $0.shape == shape }?.name
        }
    }
}
