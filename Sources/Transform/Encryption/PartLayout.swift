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

    /// The layout of JSON text that payloads of one schema became.
    ///
    /// - Parameters:
    ///   - format: what they were.
    ///   - schema: the schema's id in the registry, for payloads with framing.
    ///   - fingerprint: the Avro schema's, for payloads without.
    ///   - frame: the framing.
    ///   - original: the slot of the original's key, where that is sealed too.
    func converted(
        _ format: EnvelopeLayout.Format, schema: UInt32? = nil, fingerprint: [UInt8]? = nil, frame: [UInt8] = [],
        original: Int? = nil
    ) -> EnvelopeLayout.Part? {
        let type = Array(FieldFinder.jsonType.rawBytes)
        return part(
            .init(
                format: format, mode: .convertJSON, schema: schema, fingerprint: fingerprint,
                frame: frame.isEmpty ? nil : frame, pad: padding, original: original,
                fields: rules.indices.map { field($0, type, isInHeader: false) }))
    }

    /// Nothing is said of a part that is only read.
    private func part(_ fields: EnvelopeLayout.SealedFields) -> EnvelopeLayout.Part? {
        rules.isEmpty ? nil : .fields(fields)
    }

    private func field(_ index: Int, _ type: [UInt8], isInHeader: Bool) -> EnvelopeLayout.SealedField {
        EnvelopeLayout.SealedField(path: rules[index].path, type: type, key: slots[index], isInHeader: isInHeader)
    }
}
