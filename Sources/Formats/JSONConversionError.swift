/// Why a schema can't be converted to JSON, or why a path can't be compiled against it.
public struct JSONConversionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and where in the schema; never a value.
    public let reason: String
    /// The path at fault, from 0, where one is.
    public let rule: Int?

    /// Makes an error.
    public init(_ reason: String, rule: Int? = nil) {
        self.reason = reason
        self.rule = rule
    }

    /// One sentence.
    public var description: String { rule.map { "\(reason) (rule \($0))" } ?? reason }
}
