import Cryptography
import Formats
import Records

/// Writes down what the rules seal as the layout of one shape.
struct ShapeLayout {
    let rules: EncryptionRules
    let topic: [UInt8]
    let algorithms: [Algorithm]
    let slotOfRule: [Int]

    /// The layout of JSON values.
    func json() -> EnvelopeLayout {
        let type = Array(FieldFinder.jsonType.rawBytes)
        let fields = rules.valueFields.indices.map { field($0, type: type, isInHeader: false) }
        return layout(EnvelopeLayout.SealedFields(format: .json, pad: rules.padding, fields: fields))
    }

    /// The layout of Avro values of one schema, named by its id in the registry or by its fingerprint.
    func avro(_ plan: AvroPlan, schema: UInt32? = nil, fingerprint: [UInt8]? = nil) -> EnvelopeLayout {
        let fields = rules.valueFields.indices.map { index in
            field(index, type: Array(plan.rules[index].typeName.utf8), isInHeader: plan.rules[index].isHeader)
        }
        return layout(
            EnvelopeLayout.SealedFields(
                format: .avro, mode: .preserveAvro, schema: schema, fingerprint: fingerprint, pad: rules.padding,
                fields: fields))
    }

    private func field(_ index: Int, type: [UInt8], isInHeader: Bool) -> EnvelopeLayout.SealedField {
        EnvelopeLayout.SealedField(
            path: rules.valueFields[index].path, type: type, key: slotOfRule[index], isInHeader: isInHeader)
    }

    private func layout(_ fields: EnvelopeLayout.SealedFields) -> EnvelopeLayout {
        EnvelopeLayout(topic: topic, bindsKey: rules.bindsKey, algorithms: algorithms, value: .fields(fields))
    }
}
