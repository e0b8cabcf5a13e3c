import Cryptography
import Formats
import KeyManagement
import Records
import SchemaRegistry

/// Makes rules of the fields that a schema chooses by its tags, beside those that the configuration lists.
struct TaggedRules {
    let rule: TagRule
    /// The fields that are listed: these win.
    let listed: [FieldPath]
    /// What key addresses read, which must stay in the clear.
    let lookups: [FieldPath]

    private var selection: TagSelection { TagSelection(tags: Set(rule.tags), namespace: rule.namespace) }

    /// The fields that a registered schema chooses.
    ///
    /// - Parameter frame: the framing of its payloads.
    func fields(
        of schema: RegisteredSchema, frame: [UInt8], from schemas: PayloadSchemas
    ) throws(TransformError) -> [FieldRule] {
        let tagged: [TaggedField]
        switch schema.type {
        case .avro: return try fields(of: try schemas.avro(schema), metadata: schema.metadataTags)
        case .jsonSchema:
            return try fields(ofJSONSchema: schema.text, references: schema.references, metadata: schema.metadataTags)
        case .protobuf:
            let path = try schemas.messagePath(in: frame)
            let linked = try schemas.protobuf(schema)
            do throws(TagError) {
                tagged = try ProtobufTags.fields(
                    of: linked, messagePath: path, by: selection, metadata: MetadataTags(schema.metadataTags))
            } catch {
                throw TransformError(.schemaUnusable, error.description)
            }
            return try fields(tagged)
        }
    }

    /// The fields that an Avro schema chooses.
    func fields(of schema: AvroSchema, metadata: [String: [String]] = [:]) throws(TransformError) -> [FieldRule] {
        let tagged: [TaggedField]
        do throws(TagError) {
            tagged = try AvroTags.fields(of: schema, by: selection, metadata: MetadataTags(metadata))
        } catch {
            throw TransformError(.schemaUnusable, error.description)
        }
        return try fields(tagged)
    }

    /// The fields that a JSON Schema chooses.
    func fields(
        ofJSONSchema text: String, references: [ReferencedSchema] = [], metadata: [String: [String]] = [:]
    ) throws(TransformError) -> [FieldRule] {
        let tagged: [TaggedField]
        do throws(TagError) {
            tagged = try JSONSchemaTags.fields(
                of: text, references: references.map { ($0.name, $0.text) }, by: selection,
                metadata: MetadataTags(metadata))
        } catch {
            throw TransformError(.schemaUnusable, error.description)
        }
        return try fields(tagged)
    }

    private func fields(_ tagged: [TaggedField]) throws(TransformError) -> [FieldRule] {
        var fields: [FieldRule] = []
        for field in tagged {
            guard try isLeft(field.path) else { continue }
            fields.append(
                FieldRule(
                    path: field.path, key: try key(of: field), algorithm: try algorithm(of: field),
                    choice: field.choice))
        }
        return fields
    }

    /// Whether a chosen field is for the tags to seal: what a listed field holds already is sealed with that.
    private func isLeft(_ path: FieldPath) throws(TransformError) -> Bool {
        if listed.contains(where: { $0.covers(path) }) { return false }
        if let inner = listed.first(where: path.overlaps) {
            throw TransformError(
                .schemaUnusable,
                "the schema's tags choose a field that holds the listed field \(inner): list the outer one, or remove the tag",
                field: path.description)
        }
        if let read = lookups.first(where: path.overlaps) {
            throw TransformError(
                .schemaUnusable,
                "the schema's tags choose a field that a key's address reads, {{record.value.\(read)}}: nobody could find the key again",
                field: path.description)
        }
        return true
    }

    private func key(of field: TaggedField) throws(TransformError) -> KeySecretTemplate {
        guard let text = field.choice.key else { return rule.key }
        let isAllowed = Array(text.utf8).withUnsafeBytes { bytes in rule.allowedKeks.contains { $0.matches(bytes) } }
        // Compared first: what is refused is not looked at any closer.
        guard isAllowed else {
            throw TransformError(
                .kekNotAllowed,
                "the schema names a KEK that the pair's configuration neither uses nor lists under keks",
                field: field.path.description)
        }
        do throws(KeySecretError) {
            let template = try KeySecretTemplate(parsing: text)
            // From which of a record's fields a key's name is filled in is the configuration's to say.
            if template.isConstant { return template }
        } catch {
            throw TransformError(.schemaUnusable, "the schema names no key's address: \(error)", field: "\(field.path)")
        }
        throw TransformError(
            .schemaUnusable, "the schema names a key's address with parts to fill in", field: field.path.description)
    }

    private func algorithm(of field: TaggedField) throws(TransformError) -> Algorithm {
        guard let name = field.choice.algorithm else { return rule.algorithm }
        guard let algorithm = Algorithm(rawValue: name) else {
            throw TransformError(
                .schemaUnusable, "the schema names an algorithm that is none of those that this product has",
                field: field.path.description)
        }
        return algorithm
    }
}
