import KeyManagement
import Records

/// A field is sealed once, and no key is chosen by what is sealed.
struct SealedFieldsRule {
    let diagnostics: DiagnosticCollector

    /// Checks the fields of a part, and the sources of keys that other settings name.
    func check(_ fields: [SectionValue], otherKeys: [Located<KeySecretTemplate>] = []) {
        let paths = fields.compactMap { $0.located(FieldSettings.fieldName) }
        for (index, path) in paths.enumerated() {
            guard let earlier = paths[..<index].first(where: { $0.value.overlaps(path.value) }) else { continue }
            let relation = earlier.value == path.value ? "which is sealed already by" : "which overlaps"
            diagnostics.error(
                at: path.mark, path.path,
                "found \"\(printable("\(path.value)"))\", \(relation) \"\(printable("\(earlier.value)"))\" in line "
                    + "\(earlier.mark.line); allowed: a field that is neither sealed twice nor inside another")
        }
        for field in fields { field.located(FieldSettings.keySecretId).map { checkSources($0, paths) } }
        for key in otherKeys { checkSources(key, paths) }
    }

    /// Nobody could find the key again once its name is sealed.
    private func checkSources(_ key: Located<KeySecretTemplate>, _ sealed: [Located<FieldPath>]) {
        for case .value(let path) in key.value.sources {
            guard let field = sealed.first(where: { $0.value.overlaps(path) }) else { continue }
            diagnostics.error(
                at: key.mark, key.path,
                "found \"{{record.value.\(printable("\(path)"))}}\", which reads \"\(printable("\(field.value)"))\" that "
                    + "this pair seals; allowed: fields that stay in the clear")
        }
    }
}
