/// What a schema's author wrote beside a type or a field that the schema's language gives no meaning: names with one
/// text or several.
public struct SchemaAttributes: Hashable, Sendable {
    /// One attribute's value.
    public enum Value: Hashable, Sendable {
        /// A text, or a list of texts.
        case texts([String])
        /// Something else, which is an error where the attribute is asked for.
        case other
    }

    /// The attributes by name.
    public private(set) var values: [String: Value]

    /// Makes attributes.
    public init(_ values: [String: Value] = [:]) {
        self.values = values
    }

    /// Whether there are none.
    public var isEmpty: Bool { values.isEmpty }

    /// Adds what another place says of the same value; of one attribute, the texts of both.
    mutating func add(_ other: SchemaAttributes) {
        values.merge(other.values) { mine, theirs in
            guard case .texts(let texts) = mine, case .texts(let more) = theirs else { return .other }
            return .texts(texts + more.filter { !texts.contains($0) })
        }
    }
}
