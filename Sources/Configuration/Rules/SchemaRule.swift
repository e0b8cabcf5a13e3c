import Formats
import Transform

/// Whether a format, the schema of a file and the paths that it must have fit together.
struct SchemaRule {
    /// A schema file that was read.
    struct Schema {
        let text: String
        let avro: AvroSchema
        let file: Located<String>
    }

    let diagnostics: DiagnosticCollector
    let registry: SchemaRegistryBuilder.Registry

    /// The schema of the file, where one is given and valid.
    func check(_ section: SectionValue, format: Setting<PayloadFormat>, file: Setting<String>) -> Schema? {
        if let format = section[format], format == .json || format == .bytes, section.has(file) {
            diagnostics.error(
                at: section.mark(of: file), section.path(of: file),
                "found a schema file with format \(format.rawValue); allowed: with format avro or auto")
        }
        if section[format] == .avro, !section.has(file), !registry.isAttempted {
            diagnostics.error(
                at: section.mark(of: format), section.path(of: format),
                "found avro without schemas; allowed: with schemaFile or a schemaRegistry")
        }
        return section.located(file).flatMap(read)
    }

    /// Whether every path can be sealed under the schema; `fields` are where the paths stand, in the same order.
    func check(_ rules: [FieldRule], _ fields: [SectionValue], against schema: Schema) {
        do throws(AvroSchemaError) {
            let plan = try AvroPlan(schema: schema.avro, paths: rules.map(\.path))
            for (index, rule) in plan.rules.enumerated() where rule.typeName == "union" {
                try checkPresence(rules[index], fields[index], in: schema)
            }
        } catch {
            let place = error.rule.flatMap { fields.indices.contains($0) ? fields[$0] : nil }
                .flatMap { $0.located(FieldSettings.fieldName) }
            let name = place.map { "found \"\(printable("\($0.value)"))\", which does not fit the schema: " } ?? ""
            let schemaPlace = error.location.isEmpty ? "" : "at \(printable(error.location, limit: 200)): "
            diagnostics.error(
                at: place?.mark ?? schema.file.mark, place?.path ?? schema.file.path,
                "\(name)\(schemaPlace)\(printable(error.reason, limit: 300))")
        }
    }

    /// A rule that no record can meet is most likely misspelt, and the field it was meant for would stay in the clear.
    /// With a registry, other schemas may have the field.
    private func checkPresence(
        _ rule: FieldRule, _ field: SectionValue, in schema: Schema
    ) throws(AvroSchemaError) {
        guard let place = field.located(FieldSettings.fieldName),
            try AvroPlan(schema: schema.avro, paths: [rule.path]).typeNames.isEmpty
        else { return }
        let message = "found \"\(printable("\(place.value)"))\", which no record of the schema in schemaFile has"
        if registry.isAttempted {
            diagnostics.warning(at: place.mark, place.path, message)
        } else {
            diagnostics.error(at: place.mark, place.path, "\(message); allowed: a field of the schema")
        }
    }

    private func read(_ file: Located<String>) -> Schema? {
        let text: String
        do throws(BoundedFile.Failure) {
            text = try BoundedFile(path: file.value, limit: ScalarSource.fileLimit).text()
        } catch {
            diagnostics.error(at: file.mark, file.path, "can't read the schema: \(error.reason)")
            return nil
        }
        do throws(AvroSchemaError) {
            return Schema(text: text, avro: try AvroSchema(parsing: text), file: file)
        } catch {
            diagnostics.error(at: file.mark, file.path, printable("\(error)", limit: 600))
            return nil
        }
    }
}
