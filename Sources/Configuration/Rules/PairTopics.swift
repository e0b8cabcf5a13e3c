import Pipeline
import Records

/// The topics that a pair of the file names, as far as they are valid.
struct PairTopics {
    /// A topic, or a regular expression.
    let source: String
    /// A topic, or of a pair that reads a pattern the template of one.
    let target: String
    /// Which sources a pattern matches; nil where the source is one topic.
    let pattern: RegularExpression?
    /// The template of a pattern's targets.
    let template: TopicTemplate?
    /// Whether the pair encrypts.
    let isEncrypting: Bool

    /// Reads the topics; nil where they are missing, not valid, or do not fit together, which `TopicsRule` tells.
    init?(_ pair: SectionValue) {
        guard let source = pair[PairSettings.source], let target = pair[PairSettings.target] else { return nil }
        let template = TopicTemplate(parsing: target)
        isEncrypting = pair.has(PairSettings.encrypt)
        self.source = source
        guard TopicPair.isPattern(source) else {
            pattern = nil
            self.template = nil
            guard let name = template.map({ $0.target(of: source) }) ?? target else { return nil }
            self.target = name
            return
        }
        guard let template, !template.isIdentity, let pattern = try? RegularExpression(parsing: source) else {
            return nil
        }
        self.pattern = pattern
        self.template = template
        self.target = target
    }

    /// Whether the pair's records may go to a topic that `reader` reads; of two patterns nobody can tell, so they may.
    func mayWrite(sourceOf reader: PairTopics) -> Bool {
        guard let template, let pattern else {
            return reader.pattern?.matches(target) ?? (reader.source == target)
        }
        guard reader.pattern == nil else { return true }
        return template.source(of: reader.source).map(pattern.matches) ?? false
    }
}
