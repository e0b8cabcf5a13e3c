/// Why a schema's tags can't be followed: where and what.
public struct TagError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the schema.
    public let location: String
    /// What is wrong there.
    public let reason: String

    /// The longest part of a schema's own text that a message repeats, in bytes.
    private static let longestQuote = 256

    init(at location: String, _ reason: String) {
        self.location = Self.shortened(location)
        self.reason = Self.shortened(reason)
    }

    /// One sentence.
    public var description: String {
        location.isEmpty ? "the schema's tags: \(reason)" : "the schema's tags, at \(location): \(reason)"
    }

    private static func shortened(_ text: String) -> String {
        text.utf8.count <= longestQuote ? text : String(decoding: text.utf8.prefix(longestQuote), as: UTF8.self) + "..."
    }
}
