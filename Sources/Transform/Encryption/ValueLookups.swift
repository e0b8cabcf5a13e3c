import Formats
import KeyManagement
import Records

/// What key addresses read from a record: its topic, its key, a header, or a scalar of its value.
///
/// Scalars are found in the same pass as the fields that are sealed: their paths follow the fields' in the plan.
struct ValueLookups {
    /// The paths that addresses read, each once.
    let paths: [FieldPath]

    init(templates: [KeySecretTemplate]) {
        var paths: [FieldPath] = []
        for case .value(let path) in templates.flatMap(\.sources) where !paths.contains(path) { paths.append(path) }
        self.paths = paths
    }

    /// The record's text for a part of an address; nil where it has none, or more than one.
    func text(
        of source: KeySecretTemplate.Source, in record: RecordView, value form: PartForm, finder: FieldFinder
    ) -> UnsafeRawBufferPointer? {
        switch source {
        case .topic: record.topic
        case .key: record.key
        case .header(let name): header(named: name, in: record)
        case .value(let path): scalar(at: path, in: record, form: form, finder: finder)
        }
    }

    private func header(named name: String, in record: RecordView) -> UnsafeRawBufferPointer? {
        var found: UnsafeRawBufferPointer?
        var occurrences = 0
        for header in record.headers where header.name.elementsEqual(name.utf8) {
            found = header.value
            occurrences += 1
        }
        return occurrences == 1 ? found : nil
    }

    private func scalar(
        at path: FieldPath, in record: RecordView, form: PartForm, finder: FieldFinder
    ) -> UnsafeRawBufferPointer? {
        guard record.value != nil, let reading = form.plan?.reading, let lookup = paths.firstIndex(of: path) else {
            return nil
        }
        var found: FieldMatch?
        for match in finder.matches(by: reading) {
            guard match.rule == form.rules.count + lookup else { continue }
            guard found == nil else { return nil }
            found = match
        }
        guard let found else { return nil }
        return finder.scalarText(of: found, by: reading)
    }
}
