import Cryptography
import Formats
import Records

/// The shapes that a pair's records come in, each made with the first record that has it.
///
/// Not thread-safe: an encryptor owns one.
final class SealingShapes {
    /// The shape of a record without a value.
    let tombstone: SealingShape

    private let rules: EncryptionRules
    private let json: SealingShape

    /// - Parameters:
    ///   - rules: what is sealed.
    ///   - topic: the topic that records are written to.
    ///   - algorithms: one for each DEK.
    ///   - slotOfRule: the DEK of each rule.
    ///   - lookups: paths that are only read; they follow the rules' in every plan.
    init(
        rules: EncryptionRules, topic: [UInt8], algorithms: [Algorithm], slotOfRule: [Int], lookups: [FieldPath]
    ) throws(TransformError) {
        self.rules = rules
        let paths = rules.valueFields.map(\.path)
        let fields = zip(paths, slotOfRule).map { path, slot in
            EnvelopeLayout.SealedField(
                path: path, type: Array(FieldFinder.jsonType.rawBytes), key: slot, isInHeader: false)
        }
        let sealed = EnvelopeLayout.SealedFields(format: .json, pad: rules.padding, fields: fields)
        json = try SealingShape(
            layout: EnvelopeLayout(
                topic: topic, bindsKey: rules.bindsKey, algorithms: algorithms, value: .fields(sealed)),
            plan: .json(JSONPlan(paths: paths + lookups)))
        tombstone = try SealingShape(
            layout: EnvelopeLayout(topic: topic, bindsKey: rules.bindsKey, algorithms: []), plan: nil)
    }

    /// The shape of a record with this value.
    func shape(for payload: UnsafeRawBufferPointer, now: Int64) throws(TransformError) -> SealingShape {
        json
    }
}
