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
        if let other = section[format], [.json, .jsonSchema, .protobuf, .bytes].contains(other), section.has(file) {
            diagnostics.error(
                at: section.mark(of: file), section.path(of: file),
                "found a schema file with format \(other.rawValue); allowed: with format avro or auto")
        }
        if let framed = section[format], Self.isAlwaysFramed(framed), !registry.isAttempted {
            diagnostics.error(
                at: section.mark(of: format), section.path(of: format),
                "found \(framed.rawValue) without schemas; allowed: with a schemaRegistry")
        }
        if section[format] == .avro, !section.has(file), !registry.isAttempted {
            diagnostics.error(
                at: section.mark(of: format), section.path(of: format),
                "found avro without schemas; allowed: with schemaFile or a schemaRegistry")
        }
        return section.located(file).flatMap(read)
    }

    private static func isAlwaysFramed(_ format: PayloadFormat) -> Bool {
        format == .jsonSchema || format == .protobuf
    }

    /// Whether every path can be sealed under the schema; `fields` are where the paths stand, in the same order.
    func check(_ rules: [FieldRule], _ fields: [SectionValue], against schema: Schema, mode: SchemaDataMode) {
        let paths = rules.map(\.path)
        switch mode {
        case .preserveAvro:
            do throws(AvroSchemaError) {
                _ = try AvroPlan(schema: schema.avro, paths: paths)
            } catch {
                let place = error.location.isEmpty ? "" : "at \(printable(error.location, limit: 200)): "
                return refuse("\(place)\(printable(error.reason, limit: 300))", rule: error.rule, fields, schema)
            }
        case .convertJSON:
            do throws(JSONConversionError) {
                _ = try AvroJSONConversion(schema: schema.avro).plan(for: paths)
            } catch {
                return refuse(printable(error.reason, limit: 500), rule: error.rule, fields, schema)
            }
        }
        for (rule, field) in zip(rules, fields) { checkPresence(rule, field, in: schema) }
    }

    private func refuse(_ reason: String, rule: Int?, _ fields: [SectionValue], _ schema: Schema) {
        let place = rule.flatMap { fields.indices.contains($0) ? fields[$0] : nil }
            .flatMap { $0.located(FieldSettings.fieldName) }
        let name = place.map { "found \"\(printable("\($0.value)"))\", which does not fit the schema: " } ?? ""
        diagnostics.error(
            at: place?.mark ?? schema.file.mark, place?.path ?? schema.file.path, "\(name)\(reason)")
    }

    /// A rule that no record can meet is most likely misspelt, and the field it was meant for would stay in the clear.
    /// With a registry, other schemas may have the field.
    private func checkPresence(_ rule: FieldRule, _ field: SectionValue, in schema: Schema) {
        // A plan that can't be made has met the field.
        guard let place = field.located(FieldSettings.fieldName),
            let plan = try? AvroPlan(schema: schema.avro, paths: [rule.path]), plan.typeNames.isEmpty
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
