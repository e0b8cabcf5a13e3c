import KeyManagement
import Records

/// A field is sealed once, and no key is chosen by what is sealed.
struct SealedFieldsRule {
    let diagnostics: DiagnosticCollector

    func check(_ parts: SealedParts) {
        checkOverlaps(parts.valueFields)
        checkOverlaps(parts.keyFields)
        for key in parts.keyTemplates {
            for source in key.value.sources {
                guard let reason = refusal(of: source, parts) else { continue }
                diagnostics.error(
                    at: key.mark, key.path,
                    "found \"\(printable(source.description))\", which reads \(reason); allowed: what stays in the "
                        + "clear")
            }
        }
    }

    private func checkOverlaps(_ fields: [SectionValue]) {
        let paths = fields.compactMap { $0.located(FieldSettings.fieldName) }
        for (index, path) in paths.enumerated() {
            guard let earlier = paths[..<index].first(where: { $0.value.overlaps(path.value) }) else { continue }
            let relation = earlier.value == path.value ? "which is sealed already by" : "which overlaps"
            diagnostics.error(
                at: path.mark, path.path,
                "found \"\(printable("\(path.value)"))\", \(relation) \"\(printable("\(earlier.value)"))\" in line "
                    + "\(earlier.mark.line); allowed: a field that is neither sealed twice nor inside another")
        }
    }

    /// Nobody could find the key again once its name is sealed. What is sealed of what an address reads, or nil.
    private func refusal(of source: KeySecretTemplate.Source, _ parts: SealedParts) -> String? {
        switch source {
        case .topic: return nil
        case .key: return parts.keyPayload != nil || !parts.keyFields.isEmpty ? "the key that this pair seals" : nil
        case .value(let path):
            if parts.valuePayload != nil { return "the value that this pair seals" }
            if parts.isValueOpaque { return "a value of format bytes" }
            let fields = parts.valueFields.compactMap { $0[FieldSettings.fieldName] }
            return fields.first { $0.overlaps(path) }.map { "\"\(printable("\($0)"))\" that this pair seals" }
        case .header(let name):
            let sealed = parts.headers.compactMap { $0[RecordHeaderSettings.header] }
            return sealed.first { $0.matches(name) }.map {
                "a header of \"\(printable($0.text))\" that this pair seals"
            }
        }
    }
}
