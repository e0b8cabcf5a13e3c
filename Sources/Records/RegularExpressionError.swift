/// Why a text is no regular expression.
public struct RegularExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in the C library's words.
    public let reason: String

    /// One sentence.
    public var description: String { "no regular expression: \(reason)" }
}
