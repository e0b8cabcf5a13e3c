import KeyManagement
import Records
import Transform

/// Makes the rules of a `decrypt` section.
struct DecryptionRulesBuilder {
    let diagnostics: DiagnosticCollector
    let keyService: KeyService
    let registry: SchemaRegistryBuilder.Registry
    /// The keys of the encrypt pairs in the same file whose target is this pair's source.
    let defaultKeks: PairSet.Keks

    /// The rules; nil only where errors have been told.
    func build(_ section: SectionValue) -> DecryptionRules? {
        let schemas = SchemaRule(diagnostics: diagnostics, registry: registry)
        let schema = schemas.check(section, format: DecryptSettings.format, file: DecryptSettings.schemaFile)
        let keySchema = section[DecryptSettings.recordKey].flatMap { key in
            schemas.check(key, format: DecryptKeySettings.format, file: DecryptKeySettings.schemaFile)
        }
        let valueFields = section[DecryptSettings.recordValueFields] ?? []
        let keyFields = section[DecryptSettings.recordKeyFields] ?? []
        let headers = section[DecryptSettings.recordHeaderFields] ?? []
        checkUnique(valueFields)
        checkUnique(keyFields)
        checkUnique(headers)
        guard let keks = keks(section), let errorPolicy = section[DecryptSettings.errorPolicy],
            let plainPolicy = section[DecryptSettings.onPlain]
        else { return nil }
        return DecryptionRules(
            valueFields: valueFields.map(\.value), keyFields: keyFields.map(\.value), headerNames: headers.map(\.value),
            errorPolicy: errorPolicy, plainPolicy: plainPolicy, keks: keks,
            acceptedTopics: section[DecryptSettings.acceptTopics]?.map(\.value) ?? [], schemaText: schema?.text,
            keySchemaText: keySchema?.text, acceptsPartlyOpened: section[DecryptSettings.acceptPartlyOpened] ?? false,
            maximumPayloadBytes: section[DecryptSettings.maxPayloadBytes]
                ?? DecryptionRules.defaultMaximumPayloadBytes)
    }

    private func checkUnique<Name: Hashable & CustomStringConvertible>(_ fields: [Located<Name>]) {
        var seen: Set<Name> = []
        for field in fields where !seen.insert(field.value).inserted {
            diagnostics.error(
                at: field.mark, field.path, "found \"\(printable("\(field.value)"))\", which is listed already")
        }
    }

    private func keks(_ section: SectionValue) -> [KeySecretPattern]? {
        let rule = KeyAddressRule(diagnostics: diagnostics, keyService: keyService)
        if section.has(DecryptSettings.keks) {
            guard let keks = section[DecryptSettings.keks] else { return nil }
            keks.forEach(rule.check)
            return keks.map(\.value)
        }
        switch defaultKeks {
        case .known(let patterns):
            for pattern in patterns {
                rule.check(Located(value: pattern, mark: section.mark, path: section.path(of: DecryptSettings.keks)))
            }
            return patterns
        case .none:
            diagnostics.error(
                at: section.mark, section.path,
                "the key \"keks\" is missing, and no encrypt pair in this file writes the source; allowed: "
                    + DecryptSettings.keks.allowed)
            return nil
        case .unknown: return nil
        }
    }
}
