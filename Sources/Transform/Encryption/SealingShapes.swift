import Cryptography
import Formats
import Records
import SchemaRegistry

/// The shapes that a pair's records come in, each made with the first record that has it.
///
/// Not thread-safe: an encryptor owns one.
final class SealingShapes {
    /// The shape of a record without a value.
    let tombstone: SealingShape

    /// Bytes of framing before a framed payload.
    static let frameCount = ConfluentFraming.length
    /// How many schemas are remembered: few topics carry more at a time.
    private static let capacity = 256

    private let rules: EncryptionRules
    private let topic: [UInt8]
    private let algorithms: [Algorithm]
    private let slotOfRule: [Int]
    private let paths: [FieldPath]
    private let pathTexts: [String]
    private let schemas: AvroSchemas
    private let json: SealingShape
    private let unframed: SealingShape?
    private var framed: [UInt32: SealingShape] = [:]
    private var lastFramed: (id: UInt32, shape: SealingShape)?

    /// - Parameters:
    ///   - rules: what is sealed.
    ///   - topic: the topic that records are written to.
    ///   - algorithms: one for each DEK.
    ///   - slotOfRule: the DEK of each rule.
    ///   - lookups: paths that are only read; they follow the rules' in every plan.
    ///   - schemas: where Avro schemas come from.
    init(
        rules: EncryptionRules, topic: [UInt8], algorithms: [Algorithm], slotOfRule: [Int], lookups: [FieldPath],
        schemas: AvroSchemas
    ) throws(TransformError) {
        self.rules = rules
        self.topic = topic
        self.algorithms = algorithms
        self.slotOfRule = slotOfRule
        self.schemas = schemas
        paths = rules.valueFields.map(\.path) + lookups
        pathTexts = paths.map(\.description)
        tombstone = try SealingShape(
            layout: EnvelopeLayout(topic: topic, bindsKey: rules.bindsKey, algorithms: []), plan: nil)
        let layout = ShapeLayout(rules: rules, topic: topic, algorithms: algorithms, slotOfRule: slotOfRule)
        json = try SealingShape(layout: layout.json(), plan: .json(JSONPlan(paths: paths)))
        if let schema = schemas.file {
            let avro = try AvroShape(schema: schema, paths: paths, rules: pathTexts, frameCount: 0)
            unframed = try SealingShape(
                layout: layout.avro(avro.plan, fingerprint: Array(schema.fingerprint.utf8)), plan: .avro(avro))
        } else {
            unframed = nil
        }
    }

    /// The shape of a record with this value.
    func shape(for payload: UnsafeRawBufferPointer, now: Int64) throws(TransformError) -> SealingShape {
        switch rules.format {
        case .json: return json
        case .avro:
            if let unframed { return unframed }
        case .auto:
            guard ConfluentFraming.isClaimed(by: payload) else { return unframed ?? json }
        }
        let id = try schemas.framedID(of: payload)
        if let lastFramed, lastFramed.id == id { return lastFramed.shape }
        let shape = try framedShape(id: id, now: now)
        lastFramed = (id, shape)
        return shape
    }

    private func framedShape(id: UInt32, now: Int64) throws(TransformError) -> SealingShape {
        if let known = framed[id] { return known }
        let avro = try AvroShape(
            schema: try schemas.schema(id: id, now: now), paths: paths, rules: pathTexts, frameCount: Self.frameCount)
        let layout = ShapeLayout(rules: rules, topic: topic, algorithms: algorithms, slotOfRule: slotOfRule)
        let shape = try SealingShape(layout: layout.avro(avro.plan, schema: id), plan: .avro(avro))
        if framed.count >= Self.capacity { framed.removeAll(keepingCapacity: true) }
        framed[id] = shape
        return shape
    }
}
