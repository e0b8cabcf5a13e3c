import Formats
import Records

/// Makes the plan of a layout's value, and holds each record's framing against its layout.
///
/// Not thread-safe: a decryptor owns one.
final class OpeningPlans {
    private let schemas: AvroSchemas

    init(schemas: AvroSchemas) {
        self.schemas = schemas
    }

    /// The plan for a record of `shape`, made with its first record.
    func plan(
        for shape: OpeningShape, payload: UnsafeRawBufferPointer, now: Int64
    ) throws(TransformError) -> FieldFinder.Plan {
        if let schema = shape.framedSchema, try schemas.framedID(of: payload) != schema {
            throw TransformError(.layoutMismatch, "the value's framing names another schema than the layout")
        }
        if let known = shape.plan { return known }
        guard let fields = shape.layout.sealedFields, fields.original == nil, fields.frame == nil else {
            throw RecordDecryptor.unsupported
        }
        let plan =
            switch (fields.format, fields.mode) {
            case (.json, nil): try jsonPlan(of: shape, fields: fields)
            case (.avro, .preserveAvro): FieldFinder.Plan.avro(try avroShape(of: shape, fields: fields, now: now))
            default: throw RecordDecryptor.unsupported
            }
        shape.plan = plan
        return plan
    }

    /// Waits for a schema.
    func obtain(schema id: UInt32, within milliseconds: Int) -> Bool {
        schemas.obtain(id: id, within: milliseconds)
    }

    private func jsonPlan(
        of shape: OpeningShape, fields: EnvelopeLayout.SealedFields
    ) throws(TransformError) -> FieldFinder.Plan {
        let type = Array(FieldFinder.jsonType.rawBytes)
        guard fields.fields.allSatisfy({ $0.type == type && !$0.isInHeader }),
            fields.schema == nil, fields.fingerprint == nil
        else {
            throw TransformError(.layoutMismatch, "the layout describes a JSON value as something else")
        }
        return .json(JSONPlan(paths: shape.paths))
    }

    private func avroShape(
        of shape: OpeningShape, fields: EnvelopeLayout.SealedFields, now: Int64
    ) throws(TransformError) -> AvroShape {
        let avro: AvroShape
        switch (fields.schema, fields.fingerprint) {
        case (let id?, nil):
            avro = try AvroShape(
                schema: try schemas.schema(id: id, now: now), paths: shape.paths, rules: shape.pathTexts,
                frameCount: SealingShapes.frameCount)
        case (nil, let fingerprint?):
            guard let schema = schemas.file else {
                throw TransformError(
                    .schemaUnusable, "the value is Avro without framing: give its schema as schemaFile of this pair")
            }
            guard Array(schema.fingerprint.utf8) == fingerprint else {
                throw TransformError(
                    .layoutMismatch, "the value was written with another schema than this pair's schemaFile")
            }
            avro = try AvroShape(schema: schema, paths: shape.paths, rules: shape.pathTexts, frameCount: 0)
        default:
            throw TransformError(
                .malformedEnvelope, "the layout of an Avro value has a schema or a fingerprint, not both")
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
