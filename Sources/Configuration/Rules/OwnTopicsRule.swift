/// The topics that Fieldseal keeps for itself are no pair's.
struct OwnTopicsRule {
    let diagnostics: DiagnosticCollector
    /// The topics, each with what it is for.
    private let topics: [(topic: Located<String>, purpose: String)]

    init(root: SectionValue, diagnostics: DiagnosticCollector) {
        self.diagnostics = diagnostics
        let audit = root[RootSettings.audit]?.located(AuditKeys.topic)
        topics = [(audit, "audit")].compactMap { topic, purpose in topic.map { ($0, purpose) } }
    }

    /// Their names, which no pattern matches.
    var names: Set<String> { Set(topics.map(\.topic.value)) }

    func check(_ pairs: PairSet) {
        checkAmongThemselves()
        for (topic, purpose) in topics {
            for (section, names) in zip(pairs.sections.map(\.value), pairs.topics) {
                guard let names else { continue }
                if names.pattern == nil, names.source == topic.value {
                    refuse(section, PairSettings.source, topic.value, purpose)
                }
                if names.template == nil, names.target == topic.value {
                    refuse(section, PairSettings.target, topic.value, purpose)
                }
            }
        }
    }

    private func checkAmongThemselves() {
        for (index, entry) in topics.enumerated() {
            guard let other = topics[..<index].first(where: { $0.topic.value == entry.topic.value }) else { continue }
            diagnostics.error(
                at: entry.topic.mark, entry.topic.path,
                "found \"\(printable(entry.topic.value))\", which is the topic of \"\(other.purpose)\"; allowed: another topic"
            )
        }
    }

    private func refuse(_ pair: SectionValue, _ setting: Setting<String>, _ topic: String, _ purpose: String) {
        diagnostics.error(
            at: pair.mark(of: setting), pair.path(of: setting),
            "found \"\(printable(topic))\", which is the topic of \"\(purpose)\"; allowed: another topic")
    }
}
