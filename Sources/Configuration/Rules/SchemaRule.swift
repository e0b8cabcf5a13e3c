import Foundation
import Transform

/// Whether a format and where its schemas come from fit together.
struct SchemaRule {
    let diagnostics: DiagnosticCollector
    let registry: SchemaRegistryBuilder.Registry

    /// The text of the schema file, where one is given and valid JSON.
    func check(_ section: SectionValue, format: Setting<PayloadFormat>, file: Setting<String>) -> String? {
        if section[format] == .json, section.has(file) {
            diagnostics.error(
                at: section.mark(of: file), section.path(of: file),
                "found a schema file with format json; allowed: with format avro or auto")
        }
        if section[format] == .avro, !section.has(file), !registry.isAttempted {
            diagnostics.error(
                at: section.mark(of: format), section.path(of: format),
                "found avro without schemas; allowed: with schemaFile or a schemaRegistry")
        }
        return section.located(file).flatMap(text)
    }

    private func text(_ file: Located<String>) -> String? {
        do {
            let text = try BoundedFile(path: file.value, limit: ScalarSource.fileLimit).text()
            _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            return text
        } catch let failure as BoundedFile.Failure {
            diagnostics.error(at: file.mark, file.path, "can't read the schema: \(failure.reason)")
        } catch {
            diagnostics.error(at: file.mark, file.path, "the schema is not JSON; allowed: an Avro schema")
        }
        return nil
    }
}
