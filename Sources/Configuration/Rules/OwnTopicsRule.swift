/// A topic of Fieldseal's own is no pair's source or target, and each is there for one purpose.
struct OwnTopicsRule {
    let pairs: PairSet

    func check() {
        var lines: [String: Int] = [:]
        for topic in pairs.ownTopics {
            if let line = lines[topic.value] { refuse(topic, "line \(line) names it too") }
            lines[topic.value] = topic.mark.line
            for (section, names) in zip(pairs.sections.map(\.value), pairs.topics) {
                guard let names else { continue }
                if names.pattern == nil, names.source == topic.value {
                    refuse(topic, "the pair in line \(section.mark(of: PairSettings.source).line) reads it")
                }
                if names.target == topic.value {
                    refuse(topic, "the pair in line \(section.mark(of: PairSettings.target).line) writes it")
                } else if let source = names.template?.source(of: topic.value), names.pattern?.matches(source) == true {
                    refuse(topic, "the pair in line \(section.mark(of: PairSettings.target).line) may write it")
                }
            }
        }
    }

    private func refuse(_ topic: Located<String>, _ reason: String) {
        pairs.diagnostics.error(
            at: topic.mark, topic.path,
            "found \"\(topic.value)\", but \(reason); allowed: a topic for this purpose alone")
    }
}
