import Formats
import Records

/// Makes the plan of a layout's key or value, and holds each record's framing against its layout.
///
/// Not thread-safe: a decryptor owns one for each part.
final class PartPlans {
    private let schemas: PayloadSchemas

    init(schemas: PayloadSchemas) {
        self.schemas = schemas
    }

    /// The plan for a payload of `part`, made with its first record; it lives as long as `part`.
    func plan(
        for part: OpeningPart, payload: UnsafeRawBufferPointer, now: Int64
    ) throws(TransformError) -> FieldPlan.Reading {
        if let schema = part.framedSchema, try schemas.framedID(of: payload) != schema {
            throw TransformError(
                .layoutMismatch, "the framing of the \(part.part.name) names another schema than the layout")
        }
        if let known = part.plan?.reading { return known }
        guard let fields = part.fields else { throw Self.unsupported }
        let plan: FieldPlan
        switch (fields.format, fields.mode) {
        case (.json, nil) where fields.original == nil && fields.frame == nil:
            plan = try jsonPlan(of: part, fields: fields)
        case (.avro, .preserveAvro) where fields.original == nil && fields.frame == nil:
            plan = FieldPlan(avro: try avroShape(of: part, fields: fields, now: now))
        case (.avro, .convertJSON), (.jsonSchema, .convertJSON), (.protobuf, .convertJSON):
            plan = FieldPlan(converted: try convertedShape(of: part, fields: fields, now: now))
        default: throw Self.unsupported
        }
        part.plan = plan
        return plan.reading
    }

    /// Waits for a schema.
    func obtain(schema id: UInt32, within milliseconds: Int) -> Bool {
        schemas.obtain(id: id, within: milliseconds)
    }

    private static let unsupported = TransformError(
        .layoutMismatch, "the layout seals something in a way that this version of Fieldseal can't open")

    private func jsonPlan(
        of part: OpeningPart, fields: EnvelopeLayout.SealedFields
    ) throws(TransformError) -> FieldPlan {
        guard Self.areJSON(fields.fields), fields.schema == nil, fields.fingerprint == nil else {
            throw TransformError(
                .layoutMismatch, "the layout describes a JSON \(part.part.name) as something else")
        }
        return FieldPlan(json: JSONPlan(paths: part.paths))
    }

    private static func areJSON(_ fields: [EnvelopeLayout.SealedField]) -> Bool {
        let type = Array(FieldFinder.jsonType.rawBytes)
        return fields.allSatisfy { $0.type == type && !$0.isInHeader }
    }

    private func convertedShape(
        of part: OpeningPart, fields: EnvelopeLayout.SealedFields, now: Int64
    ) throws(TransformError) -> ConvertedShape {
        guard Self.areJSON(fields.fields) else {
            throw TransformError(
                .layoutMismatch, "the layout describes a \(part.part.name) that became JSON as something else")
        }
        switch (fields.schema, fields.frame, fields.fingerprint) {
        case (let id?, let frame?, nil):
            let registered = try schemas.registered(id: id, now: now)
            guard registered.type.format == fields.format, try schemas.isFrame(frame, of: registered) else {
                throw TransformError(
                    .layoutMismatch, "the layout names another schema or format than its frame and the registry do")
            }
            return try ConvertedShape(
                try schemas.conversion(of: registered, behind: frame), paths: part.paths, rules: part.pathTexts,
                frame: frame)
        case (nil, nil, let fingerprint?) where fields.format == .avro:
            let schema = try fileSchema(with: fingerprint, of: part)
            return try ConvertedShape(
                AvroJSONConversion(schema: schema), paths: part.paths, rules: part.pathTexts, frame: [])
        default:
            throw TransformError(
                .malformedEnvelope,
                "the layout of a converted payload has a schema and a frame, or a fingerprint, and nothing else")
        }
    }

    /// The schema of payloads without framing, which must be the one that the layout names.
    private func fileSchema(
        with fingerprint: [UInt8], of part: OpeningPart
    ) throws(TransformError) -> AvroSchema {
        guard let schema = schemas.file else {
            throw TransformError(
                .schemaUnusable,
                "the \(part.part.name) is Avro without framing: give its schema as schemaFile of this pair")
        }
        guard Array(schema.fingerprint.utf8) == fingerprint else {
            throw TransformError(
                .layoutMismatch, "the \(part.part.name) was written with another schema than this pair's schemaFile")
        }
        return schema
    }

    private func avroShape(
        of part: OpeningPart, fields: EnvelopeLayout.SealedFields, now: Int64
    ) throws(TransformError) -> AvroShape {
        let avro: AvroShape
        switch (fields.schema, fields.fingerprint) {
        case (let id?, nil):
            avro = try AvroShape(
                schema: try schemas.schema(id: id, now: now), part: part.part, paths: part.paths,
                rules: part.pathTexts, frameCount: PartForms.frameCount)
        case (nil, let fingerprint?):
            let schema = try fileSchema(with: fingerprint, of: part)
            avro = try AvroShape(
                schema: schema, part: part.part, paths: part.paths, rules: part.pathTexts, frameCount: 0)
        default:
            throw TransformError(
                .malformedEnvelope, "the layout of an Avro payload has a schema or a fingerprint, not both")
        }
        for (field, rule) in zip(fields.fields, avro.plan.rules) {
            guard field.type == Array(rule.typeName.utf8), field.isInHeader == rule.isHeader else {
                throw TransformError(
                    .layoutMismatch, "the layout gives the field another type than the schema does",
                    field: field.path.description)
            }
        }
        return avro
    }
}
