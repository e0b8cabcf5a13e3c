public import Records

/// Decides which topics a pair that reads a pattern reads.
public final class TopicSelection: Sendable {
    /// What is to be done with a topic.
    public enum Verdict: Equatable, Sendable {
        /// It is read, and its records go to this target.
        case read(target: String)
        /// The pattern does not match it.
        case foreign
        /// The pattern matches it, and it is not read, for this reason: a clause without its subject.
        case excluded(String)
    }

    private let pattern: RegularExpression
    private let template: TopicTemplate
    private let names: Set<String>
    private let targets: [(source: RegularExpression, template: TopicTemplate)]
    /// What the names of Kafka's own topics begin with.
    private static let internalPrefix = "__"

    /// Makes a selection.
    ///
    /// - Throws: where the pattern, or one of those that `excluded` names, is no regular expression.
    public init(
        pattern: String, target: TopicTemplate, excluded: ExcludedTopics
    ) throws(RegularExpressionError) {
        self.pattern = try RegularExpression(parsing: pattern)
        template = target
        names = excluded.names
        var targets: [(source: RegularExpression, template: TopicTemplate)] = []
        for target in excluded.targets {
            targets.append((try RegularExpression(parsing: target.source), target.template))
        }
        self.targets = targets
    }

    /// What is to be done with topic `name`.
    public func verdict(on name: String) -> Verdict {
        guard !name.hasPrefix(Self.internalPrefix), pattern.matches(name) else { return .foreign }
        if names.contains(name) || targets.contains(where: { Self.isTarget(name, of: $0.source, $0.template) }) {
            return .excluded("this configuration writes it")
        }
        guard let target = template.target(of: name) else {
            return .excluded("its target's name would be longer than \(TopicTemplate.longestName) characters")
        }
        return .read(target: target)
    }

    private static func isTarget(_ name: String, of pattern: RegularExpression, _ template: TopicTemplate) -> Bool {
        template.source(of: name).map(pattern.matches) ?? false
    }
}
