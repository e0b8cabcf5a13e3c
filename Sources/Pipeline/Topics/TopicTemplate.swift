/// The name of a target in which `{{record.topic}}` stands for the source's name.
public struct TopicTemplate: Hashable, Sendable {
    /// What stands before and after the source's name.
    private let prefix: String
    private let suffix: String

    /// The longest name that Kafka takes, in characters.
    public static let longestName = 249

    /// Parses a template; nil where `{{record.topic}}` does not stand in it exactly once.
    public init?(parsing text: String) {
        guard let open = text.firstRange(of: "{{"), let close = text[open.upperBound...].firstRange(of: "}}") else {
            return nil
        }
        let inside = text[open.upperBound..<close.lowerBound].split(separator: " ")
        guard inside == ["record.topic"] else { return nil }
        prefix = String(text[..<open.lowerBound])
        suffix = String(text[close.upperBound...])
        guard !(prefix + suffix).contains(where: { "{}".contains($0) }) else { return nil }
    }

    /// Whether the target would be the source itself.
    public var isIdentity: Bool { prefix.isEmpty && suffix.isEmpty }

    /// What stands around the source's name, for a check of its characters.
    public var surroundings: String { prefix + suffix }

    /// The target of `source`; nil where it would be longer than Kafka takes.
    public func target(of source: String) -> String? {
        let name = prefix + source + suffix
        return name.utf8.count <= Self.longestName ? name : nil
    }

    /// The source whose target would be `target`; nil where none would.
    public func source(of target: String) -> String? {
        guard target.hasPrefix(prefix), target.hasSuffix(suffix),
            target.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        return String(target.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count))
    }
}
