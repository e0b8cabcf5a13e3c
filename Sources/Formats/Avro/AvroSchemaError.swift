/// Why a text is no Avro schema, or why paths can't be compiled against one: where and what.
public struct AvroSchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the schema: names from the outside in, such as `Customer.address`, or a byte of its text.
    public let location: String
    /// What is wrong there.
    public let reason: String
    /// The rule at fault, from 0, where one is.
    public let rule: Int?

    /// The longest part of a schema's own text that a message repeats, in bytes.
    private static let longestQuote = 256

    init(at location: String, _ reason: String, rule: Int? = nil) {
        self.location = Self.shortened(location)
        self.reason = Self.shortened(reason)
        self.rule = rule
    }

    /// One sentence.
    public var description: String {
        let place = location.isEmpty ? "Avro schema" : "Avro schema, at \(location)"
        return rule.map { "\(place): \(reason) (rule \($0))" } ?? "\(place): \(reason)"
    }

    private static func shortened(_ text: String) -> String {
        text.utf8.count <= longestQuote ? text : String(decoding: text.utf8.prefix(longestQuote), as: UTF8.self) + "..."
    }
}
