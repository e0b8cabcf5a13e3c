import KeyManagement
import Pipeline
import Transform

/// Makes what a pair says of dead letters.
struct DeadLetterBuilder {
    let diagnostics: DiagnosticCollector
    let keyService: KeyService

    /// The policy of an `encrypt` section; nil where it says nothing of dead letters, or errors have been told.
    func build(encrypt section: SectionValue) -> DeadLetterPolicy? {
        let isUsed = section[EncryptSettings.onError] == .deadLetter
        let rules = rules(
            section, topic: EncryptSettings.deadLetterTopic, key: EncryptSettings.deadLetterKeySecretId,
            isUsed: isUsed)
        return rules.map { DeadLetterPolicy(rules: $0, takesErrors: isUsed) }
    }

    /// The policy of a `decrypt` section, likewise.
    func build(decrypt section: SectionValue) -> DeadLetterPolicy? {
        let takesErrors = section[DecryptSettings.errorPolicy] == .deadLetter
        let takesPlain = section[DecryptSettings.onPlain] == .deadLetter
        let rules = rules(
            section, topic: DecryptSettings.deadLetterTopic, key: DecryptSettings.deadLetterKeySecretId,
            isUsed: takesErrors || takesPlain)
        return rules.map { DeadLetterPolicy(rules: $0, takesErrors: takesErrors, takesPlain: takesPlain) }
    }

    private func rules(
        _ section: SectionValue, topic: Setting<String>, key: Setting<KeySecretTemplate>, isUsed: Bool
    ) -> DeadLetterRules? {
        guard isUsed || section.has(topic) || section.has(key) else { return nil }
        requireBoth(section, topic, key)
        if let located = section.located(key) {
            KeyAddressRule(diagnostics: diagnostics, keyService: keyService).check(located)
            if !located.value.isConstant {
                diagnostics.error(
                    at: located.mark, located.path,
                    "found \"\(printable(located.value.text))\"; allowed: an address without templates, since a record that "
                        + "failed may lack what they read")
            }
        }
        guard let topic = section[topic], let key = section[key] else { return nil }
        return DeadLetterRules(topic: topic, key: key)
    }

    /// Without its key no dead letter may be written: that is told before the first record fails.
    private func requireBoth(
        _ section: SectionValue, _ topic: Setting<String>, _ key: Setting<KeySecretTemplate>
    ) {
        for (name, allowed, isThere) in [
            (topic.name, topic.allowed, section.has(topic)), (key.name, key.allowed, section.has(key)),
        ] where !isThere {
            diagnostics.error(
                at: section.mark, section.path,
                "the key \"\(name)\" is missing, without which there are no dead letters; allowed: \(allowed)")
        }
    }
}
