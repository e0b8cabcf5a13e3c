/// A type of a generated schema; others are named by their index among the generator's types.
struct AvroCaseType {
    enum Kind {
        case null, boolean, int, long, float, double, bytes, string
        case fixed(Int)
        case enumeration(Int)
        case array(Int)
        case map(Int)
        case record([(name: String, type: Int)])
        case union([Int])
    }

    var kind: Kind
    var name = ""
    var namespace = ""
    /// Attributes of a logical type, as JSON members with a comma before each.
    var attributes = ""
    var logical = ""

    var fullName: String { namespace.isEmpty ? name : "\(namespace).\(name)" }

    /// The type's name in the AAD.
    var displayName: String {
        switch kind {
        case .null: "null"
        case .boolean: "boolean"
        case .int: "int"
        case .long: "long"
        case .float: "float"
        case .double: "double"
        case .bytes: "bytes"
        case .string: "string"
        case .array: "array"
        case .map: "map"
        case .union: "union"
        case .fixed, .enumeration, .record: fullName
        }
    }

    var isNull: Bool {
        if case .null = kind { true } else { false }
    }
}
