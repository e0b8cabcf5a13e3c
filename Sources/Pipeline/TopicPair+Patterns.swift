public import Records

extension TopicPair {
    /// Whether `source` is a regular expression, and the pair reads every topic that it matches.
    public var readsPattern: Bool { Self.isPattern(source) }

    /// Whether the text of a source is a regular expression.
    public static func isPattern(_ source: String) -> Bool { source.hasPrefix("^") }

    /// Which topics it reads; nil where it reads one topic.
    ///
    /// - Throws: where a pattern is no regular expression.
    public func makeSelection() throws(RegularExpressionError) -> TopicSelection? {
        guard readsPattern, let template = TopicTemplate(parsing: target) else { return nil }
        return try TopicSelection(pattern: source, target: template, excluded: excludedTopics)
    }

    /// The pair of one of the topics that it reads: the same but for `source` and `target`.
    public func resolved(source topic: String, target: String) -> TopicPair {
        var pair = self
        pair.source = topic
        pair.target = target
        return pair
    }

    /// Whether its records may go to `topic`.
    public func mayWrite(_ topic: String) -> Bool {
        guard readsPattern, let template = TopicTemplate(parsing: target) else { return target == topic }
        guard let source = template.source(of: topic),
            case .read(let target)? = (try? makeSelection())?.verdict(on: source)
        else { return false }
        return target == topic
    }
}
