import KeyManagement
import Transform

/// Makes the rules of an `encrypt` section.
struct EncryptionRulesBuilder {
    /// An envelope has room for this many data keys.
    private static let maximumKeys = 64

    let diagnostics: DiagnosticCollector
    let keyService: KeyService
    let registry: SchemaRegistryBuilder.Registry

    /// The rules; nil only where errors have been told.
    func build(_ section: SectionValue) -> EncryptionRules? {
        guard
            section.has(EncryptSettings.recordValue) || section.has(EncryptSettings.recordKey)
                || section.has(EncryptSettings.recordHeader) || section.has(EncryptSettings.tags)
        else {
            diagnostics.error(
                at: section.mark, section.path,
                "the key \"recordValue\", \"recordKey\", \"recordHeader\" or \"tags\" is missing; allowed: one of them or "
                    + "more")
            return nil
        }
        checkMode(section)
        check(SealedParts(of: section), section)
        var value = value(section)
        value?.tags = TagRuleBuilder(diagnostics: diagnostics, keyService: keyService).build(section)
        let key = key(section)
        let headers = headers(section)
        guard let value, let key, let headers else { return nil }
        var rules = EncryptionRules(
            key: key, value: value, headers: headers, padding: section[EncryptSettings.padding] ?? 16,
            bindsKey: section[EncryptSettings.bindKey] ?? true)
        rules.allowsCompactedKeys = section[EncryptSettings.allowCompactedKeys] ?? false
        return rules
    }

    private func check(_ parts: SealedParts, _ section: SectionValue) {
        let address = KeyAddressRule(diagnostics: diagnostics, keyService: keyService)
        parts.keyTemplates.forEach(address.check)
        SealedFieldsRule(diagnostics: diagnostics).check(parts)
        guard parts.keyCount > Self.maximumKeys else { return }
        diagnostics.error(
            at: section.mark, section.path,
            "found \(parts.keyCount) different pairs of keySecretId and algorithm; an envelope has room for "
                + "\(Self.maximumKeys)")
    }

    private func value(_ section: SectionValue) -> PartRule? {
        let schemas = SchemaRule(diagnostics: diagnostics, registry: registry)
        let schema = schemas.check(section, format: EncryptSettings.format, file: EncryptSettings.schemaFile)
        guard let format = located(EncryptSettings.format, in: section) else { return nil }
        guard section.has(EncryptSettings.recordValue) else {
            let isTagged = section.has(EncryptSettings.tags)
            return PartRule(
                isTagged ? .fields([]) : .nothing, format: format.value, schemaText: schema?.text,
                schemaDataMode: mode(section))
        }
        guard let value = section[EncryptSettings.recordValue] else { return nil }
        let builder = PartRuleBuilder(diagnostics: diagnostics, schemas: schemas, settings: .value, mode: mode(section))
        return builder.build(value, format: format, schema: schema)
    }

    private func key(_ section: SectionValue) -> PartRule? {
        guard section.has(EncryptSettings.recordKey) else { return PartRule(.nothing) }
        guard let key = section[EncryptSettings.recordKey] else { return nil }
        let schemas = SchemaRule(diagnostics: diagnostics, registry: registry)
        let schema = schemas.check(key, format: RecordKeySettings.format, file: RecordKeySettings.schemaFile)
        guard let format = located(RecordKeySettings.format, in: key) else { return nil }
        let builder = PartRuleBuilder(diagnostics: diagnostics, schemas: schemas, settings: .key, mode: mode(section))
        return builder.build(key, format: format, schema: schema)
    }

    private func headers(_ section: SectionValue) -> [HeaderRule]? {
        guard section.has(EncryptSettings.recordHeader) else { return [] }
        guard let entries = section[EncryptSettings.recordHeader] else { return nil }
        let rules = entries.map(\.value).compactMap { entry -> HeaderRule? in
            guard let name = entry[RecordHeaderSettings.header], let payload = entry[RecordHeaderSettings.payload],
                let key = payload[PayloadSettings.keySecretId], let algorithm = payload[PayloadSettings.algorithm]
            else { return nil }
            return HeaderRule(name: name, key: key, algorithm: algorithm)
        }
        return rules.count == entries.count ? rules : nil
    }

    private func mode(_ section: SectionValue) -> SchemaDataMode {
        section[EncryptSettings.schemaDataMode] ?? .preserveAvro
    }

    private func located(_ format: Setting<PayloadFormat>, in section: SectionValue) -> Located<PayloadFormat>? {
        section.located(format)
            ?? section[format].map { Located(value: $0, mark: section.mark, path: section.path(of: format)) }
    }

    private func checkMode(_ section: SectionValue) {
        guard let mode = section.located(EncryptSettings.schemaDataMode), let format = section[EncryptSettings.format]
        else { return }
        switch (format, mode.value) {
        case (.json, _), (.bytes, _), (.jsonSchema, .preserveAvro), (.protobuf, .preserveAvro):
            diagnostics.error(
                at: mode.mark, mode.path,
                "found \"\(mode.value.rawValue)\" with format \(format.rawValue); allowed: with format avro or auto")
        default: break
        }
    }
}
