/// Why a text is no field path.
public struct FieldPathError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the text, in bytes of its UTF-8, from 0.
    public let position: Int
    /// What was found there and what is allowed.
    public let reason: String

    /// Makes the error.
    public init(position: Int, reason: String) {
        self.position = position
        self.reason = reason
    }

    /// One sentence.
    public var description: String { "at character \(position + 1): \(reason)" }
}
