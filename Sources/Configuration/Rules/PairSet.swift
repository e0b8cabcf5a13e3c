import KeyManagement
import Pipeline

/// All pairs of a file, for the rules about how they fit together.
struct PairSet {
    /// The keys that an encrypt pair of the same file writes a topic with.
    enum Keks {
        /// At least one pair writes it, with these keys.
        case known([KeySecretPattern])
        /// No pair writes it.
        case none
        /// A pair that may write it is not valid, so that nothing can be said.
        case unknown
    }

    let sections: [Located<SectionValue>]
    /// The topics of Fieldseal's own, such as the control topic.
    let ownTopics: [Located<String>]
    let diagnostics: DiagnosticCollector
    /// The topics of each pair, nil where they are not valid.
    let topics: [PairTopics?]

    init(
        sections: [Located<SectionValue>], ownTopics: [Located<String>] = [], diagnostics: DiagnosticCollector
    ) {
        self.sections = sections
        self.ownTopics = ownTopics
        self.diagnostics = diagnostics
        topics = sections.map { PairTopics($0.value) }
    }

    /// The consumer groups of all pairs.
    var groups: [String] {
        sections.compactMap { located in
            let pair = located.value
            return pair[PairSettings.groupId] ?? pair[PairSettings.name].map { "fieldseal.\($0)" }
        }
    }

    func check() {
        checkUnique(PairSettings.name) { $0[PairSettings.name] }
        checkUnique(PairSettings.groupId) { pair in
            pair[PairSettings.groupId] ?? pair[PairSettings.name].map { "fieldseal.\($0)" }
        }
        checkPatterns()
        OwnTopicsRule(pairs: self).check()
        PairCircles(pairs: self).check()
    }

    /// The keys of the encrypt pairs whose target may be the source of pair `index`.
    func keks(ofPair index: Int) -> Keks {
        guard let reader = topics[index] else { return .unknown }
        var patterns: [KeySecretPattern] = []
        var isKnown = true
        var isWritten = false
        for (pair, topics) in zip(sections.map(\.value), topics) where pair.has(PairSettings.encrypt) {
            guard let topics else {
                isKnown = false
                continue
            }
            guard topics.mayWrite(sourceOf: reader) else { continue }
            isWritten = true
            let encrypt = pair[PairSettings.encrypt]
            let templates = encrypt.map(SealedParts.init)?.keyTemplates.map(\.value) ?? []
            // What a schema may name, records may carry.
            let named = encrypt?[EncryptSettings.keks]?.map(\.value) ?? []
            for pattern in templates.map(KeySecretPattern.init(template:)) + named where !patterns.contains(pattern) {
                patterns.append(pattern)
            }
        }
        if isWritten { return patterns.isEmpty ? .unknown : .known(patterns) }
        return isKnown ? .none : .unknown
    }

    /// What the pattern of pair `index` never matches. A pair that encrypts reads nothing that a pair writes; one that
    /// decrypts reads what others encrypt, and nothing that a pair has decrypted.
    func excludedTopics(ofPair index: Int) -> ExcludedTopics {
        var excluded = ExcludedTopics(names: Set(ownTopics.map(\.value)))
        for writer in writers(excludedFor: index) {
            guard let topics = topics[writer] else { continue }
            if let template = topics.template {
                excluded.targets.append(ExcludedTopics.Targets(source: topics.source, template: template))
            } else {
                excluded.names.insert(topics.target)
            }
        }
        return excluded
    }

    private func writers(excludedFor index: Int) -> [Int] {
        guard let topics = topics[index] else { return [] }
        return sections.indices.filter { topics.isEncrypting || sections[$0].value.has(PairSettings.decrypt) }
    }

    /// A pattern that matches a target whose name is known would read what this very file writes.
    private func checkPatterns() {
        for (index, topics) in topics.enumerated() {
            guard let pattern = topics?.pattern, let source = sections[index].value.located(PairSettings.source)
            else { continue }
            for writer in writers(excludedFor: index) {
                guard let written = self.topics[writer], written.pattern == nil, pattern.matches(written.target)
                else { continue }
                let line = sections[writer].value.mark(of: PairSettings.target).line
                diagnostics.error(
                    at: source.mark, source.path,
                    "found \"\(printable(source.value))\", which matches the target \"\(printable(written.target))\" in "
                        + "line \(line); allowed: a pattern that matches no such target")
            }
        }
    }

    private func checkUnique(_ setting: Setting<String>, _ value: (SectionValue) -> String?) {
        var first: [String: SourceMark] = [:]
        for pair in sections.map(\.value) {
            guard let name = value(pair) else { continue }
            // Two pairs of one name have one group by default: one error is enough.
            let mark = pair.mark(of: setting)
            guard let earlier = first[name] else {
                first[name] = mark
                continue
            }
            guard setting.name == PairSettings.name.name || pair.has(setting) || !isRepeated(pair) else { continue }
            diagnostics.error(
                at: mark, pair.path(of: setting),
                "found \"\(name)\", which the pair in line \(earlier.line) has too; allowed: a \(setting.name) that no "
                    + "other pair has")
        }
    }

    private func isRepeated(_ pair: SectionValue) -> Bool {
        let name = pair[PairSettings.name]
        return sections.count { $0.value[PairSettings.name] == name } > 1
    }
}
