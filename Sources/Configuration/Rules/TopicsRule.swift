import Pipeline

/// A pair's source and target fit together.
struct TopicsRule {
    let diagnostics: DiagnosticCollector

    func check(_ pair: SectionValue) {
        guard let source = pair.located(PairSettings.source), let target = pair.located(PairSettings.target) else {
            return
        }
        let template = TopicTemplate(parsing: target.value)
        if TopicPair.isPattern(source.value) {
            checkPattern(target, template)
        } else if let template, template.target(of: source.value) == nil {
            refuse(target, "with the source's name it is longer than \(TopicTemplate.longestName) characters")
        } else if (template?.target(of: source.value) ?? target.value) == source.value {
            refuse(target, "which is the source; allowed: another topic")
        }
    }

    private func checkPattern(_ target: Located<String>, _ template: TopicTemplate?) {
        guard let template else {
            return refuse(
                target, "one topic for all that the pattern in source matches; allowed: a name with {{record.topic}}")
        }
        if template.isIdentity { refuse(target, "which is the source; allowed: another topic") }
    }

    private func refuse(_ target: Located<String>, _ reason: String) {
        diagnostics.error(at: target.mark, target.path, "found \"\(printable(target.value))\", \(reason)")
    }
}
