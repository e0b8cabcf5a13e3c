import Cryptography
import KeyManagement
import Records
import Transform

/// Makes the rule by which schemas choose fields, of an `encrypt` section.
struct TagRuleBuilder {
    let diagnostics: DiagnosticCollector
    let keyService: KeyService

    /// The rule; nil where there are no tags, or where errors have been told.
    func build(_ section: SectionValue) -> TagRule? {
        guard section.has(EncryptSettings.tags) else {
            refuseWithoutTags(section)
            return nil
        }
        if let format = section[EncryptSettings.format], [.json, .bytes].contains(format) {
            diagnostics.error(
                at: section.mark(of: EncryptSettings.tags), section.path(of: EncryptSettings.tags),
                "found tags with format \(format.rawValue), which has no schema; allowed: with another format")
        }
        let parts = SealedParts(of: section)
        if parts.valuePayload != nil {
            diagnostics.error(
                at: section.mark(of: EncryptSettings.tags), section.path(of: EncryptSettings.tags),
                "found tags beside recordValue.payload, which seals whole values; allowed: one of the two")
        }
        let address = KeyAddressRule(diagnostics: diagnostics, keyService: keyService)
        let keks = section[EncryptSettings.keks] ?? []
        keks.forEach(address.check)
        guard section.has(EncryptSettings.defaultKeySecretId) else {
            diagnostics.error(
                at: section.mark(of: EncryptSettings.tags), section.path(of: EncryptSettings.tags),
                "found tags without a key for what they choose; allowed: with defaultKeySecretId")
            return nil
        }
        guard let tags = section[EncryptSettings.tags], let key = section[EncryptSettings.defaultKeySecretId],
            let algorithm = section[EncryptSettings.defaultAlgorithm],
            let namespace = section[EncryptSettings.attributeNamespace]
        else { return nil }
        return TagRule(
            tags: tags.map(\.value), namespace: namespace, key: key, algorithm: algorithm,
            allowedKeks: parts.keyTemplates.map(\.value).filter(\.isConstant).map(KeySecretPattern.init(template:))
                + keks.map(\.value))
    }

    private func refuseWithoutTags(_ section: SectionValue) {
        let others: [any SettingDescription] = [
            EncryptSettings.defaultKeySecretId, EncryptSettings.defaultAlgorithm, EncryptSettings.attributeNamespace,
            EncryptSettings.keks,
        ]
        for setting in others where section.marks[setting.name] != nil {
            diagnostics.error(
                at: section.marks[setting.name]?.key ?? section.mark, section.path.appending(setting.name),
                "found without tags, for which alone it is; allowed: with tags")
        }
    }
}
