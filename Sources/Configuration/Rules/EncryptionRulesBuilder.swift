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
        let format = section[EncryptSettings.format]
        let schemas = SchemaRule(diagnostics: diagnostics, registry: registry)
        let schema = schemas.check(section, format: EncryptSettings.format, file: EncryptSettings.schemaFile)
        checkMode(section, format: format)
        guard let value = section[EncryptSettings.recordValue], let located = value.located(RecordValueSettings.fields)
        else { return nil }
        let fields = located.value.map(\.value)
        guard fields.count <= RecordValueSettings.limit else {
            diagnostics.error(
                at: located.mark, located.path,
                "found \(fields.count) fields; at most \(RecordValueSettings.limit) are allowed")
            return nil
        }
        let address = KeyAddressRule(diagnostics: diagnostics, keyService: keyService)
        for field in fields { field.located(FieldSettings.keySecretId).map(address.check) }
        SealedFieldsRule(diagnostics: diagnostics).check(fields)
        let rules = fields.compactMap(rule)
        checkKeyCount(rules, located)
        guard rules.count == fields.count, let format else { return nil }
        let mode = section[EncryptSettings.schemaDataMode] ?? .preserveAvro
        if let schema { schemas.check(rules, fields, against: schema, mode: mode) }
        return EncryptionRules(
            format: format, valueFields: rules, padding: section[EncryptSettings.padding] ?? 16,
            bindsKey: section[EncryptSettings.bindKey] ?? true, schemaText: schema?.text,
            schemaDataMode: mode)
    }

    private func rule(_ field: SectionValue) -> FieldRule? {
        guard let path = field[FieldSettings.fieldName], let key = field[FieldSettings.keySecretId],
            let algorithm = field[FieldSettings.algorithm], let isRequired = field[FieldSettings.required]
        else { return nil }
        return FieldRule(path: path, key: key, algorithm: algorithm, isRequired: isRequired)
    }

    private func checkMode(_ section: SectionValue, format: PayloadFormat?) {
        if let bytes = section.located(EncryptSettings.format), bytes.value == .bytes {
            diagnostics.error(
                at: bytes.mark, bytes.path,
                "found \"bytes\" with fields, which bytes do not have; allowed: another format")
        }
        guard let mode = section.located(EncryptSettings.schemaDataMode) else { return }
        switch (format, mode.value) {
        case (.json, _), (.jsonSchema, .preserveAvro), (.protobuf, .preserveAvro):
            diagnostics.error(
                at: mode.mark, mode.path,
                "found \"\(mode.value.rawValue)\" with format \(format?.rawValue ?? ""); allowed: with format avro or auto"
            )
        default: break
        }
    }

    private func checkKeyCount(_ rules: [FieldRule], _ fields: Located<[Located<SectionValue>]>) {
        struct Key: Hashable {
            let address: String
            let algorithm: String
        }
        let keys = Set(rules.map { Key(address: $0.key.text, algorithm: $0.algorithm.rawValue) })
        guard keys.count > Self.maximumKeys else { return }
        diagnostics.error(
            at: fields.mark, fields.path,
            "found \(keys.count) different pairs of keySecretId and algorithm; an envelope has room for "
                + "\(Self.maximumKeys)")
    }
}
