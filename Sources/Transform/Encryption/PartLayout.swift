import Formats
import Records

/// Writes down the fields of a part as a layout says them, with slots of `SealingKeys` in the place of indices.
struct PartLayout {
    let rules: [FieldRule]
    let slots: [Int]
    let padding: Int

    /// The layout of JSON text.
    func json() -> EnvelopeLayout.Part? {
        let type = Array(FieldFinder.jsonType.rawBytes)
        return part(
            .init(format: .json, pad: padding, fields: rules.indices.map { field($0, type, isInHeader: false) }))
    }

    /// The layout of Avro of one schema, named by its id in the registry or by its fingerprint.
    func avro(_ plan: AvroPlan, schema: UInt32? = nil, fingerprint: [UInt8]? = nil) -> EnvelopeLayout.Part? {
        let fields = rules.indices.map { index in
            field(index, Array(plan.rules[index].typeName.utf8), isInHeader: plan.rules[index].isHeader)
        }
        return part(
            .init(
                format: .avro, mode: .preserveAvro, schema: schema, fingerprint: fingerprint, pad: padding,
                fields: fields))
    }

    /// Nothing is said of a part that is only read.
    private func part(_ fields: EnvelopeLayout.SealedFields) -> EnvelopeLayout.Part? {
        rules.isEmpty ? nil : .fields(fields)
    }

    private func field(_ index: Int, _ type: [UInt8], isInHeader: Bool) -> EnvelopeLayout.SealedField {
        EnvelopeLayout.SealedField(path: rules[index].path, type: type, key: slots[index], isInHeader: isInHeader)
    }
}
