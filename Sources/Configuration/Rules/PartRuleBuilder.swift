import Formats
import KeyManagement
import Transform

/// Makes the rule of a `recordValue` or `recordKey` section.
struct PartRuleBuilder {
    /// Which settings of the section say what; the two kinds of section differ in where format and schema stand.
    struct Settings {
        let fields: Setting<[Located<SectionValue>]>
        let payload: Setting<SectionValue>
        let compressionType: Setting<Compression>

        static let value = Settings(
            fields: RecordValueSettings.fields, payload: RecordValueSettings.payload,
            compressionType: RecordValueSettings.compressionType)
        static let key = Settings(
            fields: RecordKeySettings.fields, payload: RecordKeySettings.payload,
            compressionType: RecordKeySettings.compressionType)
    }

    let diagnostics: DiagnosticCollector
    let schemas: SchemaRule
    let settings: Settings
    let mode: SchemaDataMode

    /// The rule; nil only where errors have been told.
    ///
    /// - Parameters:
    ///   - section: the section of the part.
    ///   - format: how the part is read.
    ///   - schema: the schema of its file, where one is given.
    func build(_ section: SectionValue, format: Located<PayloadFormat>, schema: SchemaRule.Schema?) -> PartRule? {
        switch (section.has(settings.fields), section.has(settings.payload)) {
        case (true, false):
            checkCompression(section)
            return fields(section, format: format, schema: schema).map {
                PartRule(.fields($0), format: format.value, schemaText: schema?.text, schemaDataMode: mode)
            }
        case (false, true):
            guard let payload = section[settings.payload], let key = payload[PayloadSettings.keySecretId],
                let algorithm = payload[PayloadSettings.algorithm], let compression = section[settings.compressionType]
            else { return nil }
            return PartRule(
                .payload(PayloadRule(key: key, algorithm: algorithm, compression: compression)), format: format.value,
                schemaText: schema?.text)
        case (true, true):
            diagnostics.error(
                at: section.mark(of: settings.payload), section.path(of: settings.payload),
                "found beside fields; allowed: one of the two")
        case (false, false):
            diagnostics.error(
                at: section.mark, section.path, "the key \"fields\" or \"payload\" is missing; allowed: one of the two")
        }
        return nil
    }

    private func checkCompression(_ section: SectionValue) {
        guard let compression = section.located(settings.compressionType), compression.value != .none else { return }
        diagnostics.error(
            at: compression.mark, compression.path,
            "found \"\(compression.value.rawValue)\" with fields; allowed: with payload")
    }

    private func fields(
        _ section: SectionValue, format: Located<PayloadFormat>, schema: SchemaRule.Schema?
    ) -> [FieldRule]? {
        guard let located = section.located(settings.fields) else { return nil }
        let fields = located.value.map(\.value)
        guard fields.count <= RecordValueSettings.limit else {
            diagnostics.error(
                at: located.mark, located.path,
                "found \(fields.count) fields; at most \(RecordValueSettings.limit) are allowed")
            return nil
        }
        if format.value == .bytes {
            diagnostics.error(
                at: format.mark, format.path,
                "found \"bytes\" with fields, which bytes do not have; allowed: with payload")
        }
        let rules = fields.compactMap(rule)
        guard rules.count == fields.count else { return nil }
        if let schema { schemas.check(rules, fields, against: schema, mode: mode) }
        return rules
    }

    private func rule(_ field: SectionValue) -> FieldRule? {
        guard let path = field[FieldSettings.fieldName], let key = field[FieldSettings.keySecretId],
            let algorithm = field[FieldSettings.algorithm], let isRequired = field[FieldSettings.required]
        else { return nil }
        return FieldRule(path: path, key: key, algorithm: algorithm, isRequired: isRequired)
    }
}
