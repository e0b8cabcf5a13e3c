import KeyManagement

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
    let diagnostics: DiagnosticCollector

    func check() {
        checkUnique(PairSettings.name) { $0[PairSettings.name] }
        checkUnique(PairSettings.groupId) { pair in
            pair[PairSettings.groupId] ?? pair[PairSettings.name].map { "fieldseal.\($0)" }
        }
        checkCycles()
    }

    /// The keys of the encrypt pairs whose target is `topic`.
    func keks(writing topic: String) -> Keks {
        var patterns: [KeySecretPattern] = []
        var isKnown = true
        var isWritten = false
        for pair in sections.map(\.value) where pair.has(PairSettings.encrypt) {
            guard let target = pair[PairSettings.target] else {
                isKnown = false
                continue
            }
            guard target == topic else { continue }
            isWritten = true
            let sealed = pair[PairSettings.encrypt].map(SealedParts.init)
            for template in sealed?.keyTemplates ?? [] {
                let pattern = KeySecretPattern(template: template.value)
                if !patterns.contains(pattern) { patterns.append(pattern) }
            }
        }
        if isWritten { return patterns.isEmpty ? .unknown : .known(patterns) }
        return isKnown ? .none : .unknown
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

    /// What a pair writes must not come back to its source.
    private func checkCycles() {
        var edges: [String: [(target: String, pair: Int)]] = [:]
        for (index, section) in sections.enumerated() {
            guard let source = section.value[PairSettings.source], let target = section.value[PairSettings.target],
                source != target
            else { continue }
            edges[source, default: []].append((target, index))
        }
        var told: Set<Int> = []
        for (index, section) in sections.enumerated() where !told.contains(index) {
            guard let target = section.value.located(PairSettings.target),
                let source = section.value[PairSettings.source], source != target.value,
                let way = way(from: target.value, to: source, along: edges)
            else { continue }
            told.formUnion(way.map(\.pair))
            let topics = ([source, target.value] + way.map(\.target)).joined(separator: " -> ")
            diagnostics.error(
                at: target.mark, target.path,
                "the pairs make a circle, in which records would go round for ever: \(printable(topics, limit: 300))")
        }
    }

    /// The shortest way along pairs from one topic to another, or nil.
    private func way(
        from start: String, to end: String, along edges: [String: [(target: String, pair: Int)]]
    ) -> [(target: String, pair: Int)]? {
        var cameBy: [String: (topic: String, pair: Int)] = [:]
        var queue = [start]
        var next = 0
        while next < queue.count {
            let topic = queue[next]
            next += 1
            for edge in edges[topic] ?? [] where edge.target != start && cameBy[edge.target] == nil {
                cameBy[edge.target] = (topic, edge.pair)
                queue.append(edge.target)
            }
        }
        guard cameBy[end] != nil else { return nil }
        var way: [(target: String, pair: Int)] = []
        var topic = end
        while topic != start, let step = cameBy[topic] {
            way.append((topic, step.pair))
            topic = step.topic
        }
        return way.reversed()
    }
}
