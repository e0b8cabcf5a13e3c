import Formats
import Records
import SchemaRegistry

/// The forms that a part's payloads come in, each made with the first payload that has it.
///
/// Not thread-safe: an encryptor owns one for each part.
final class PartForms {
    /// Bytes of framing before a framed payload.
    static let frameCount = ConfluentFraming.length
    /// How many schemas are remembered: few topics carry more at a time.
    private static let capacity = 256

    /// The form of a null.
    let absent = PartForm(number: 0)

    private let rule: PartRule
    private let rules: [FieldRule]
    private let slots: [Int]
    private let paths: [FieldPath]
    private let pathTexts: [String]
    private let schemas: AvroSchemas
    private let layout: PartLayout
    /// The form of every payload, where payloads are not looked into.
    private let opaque: PartForm?
    private let json: PartForm
    private let unframed: PartForm?
    private var framed: [UInt32: PartForm] = [:]
    private var lastFramed: (id: UInt32, form: PartForm)?
    private var formCount = 3

    /// - Parameters:
    ///   - rule: what is sealed.
    ///   - padding: to what field plaintexts are padded.
    ///   - lookups: paths that are only read; they follow the rules' in every plan.
    ///   - keys: where the rules' keys get their slots.
    ///   - schemas: where Avro schemas come from.
    init(
        rule: PartRule, padding: Int, lookups: [FieldPath], keys: SealingKeys, schemas: AvroSchemas
    ) throws(TransformError) {
        self.rule = rule
        self.schemas = schemas
        rules = rule.fields
        slots = rules.map { keys.slot(for: $0.key, $0.algorithm) }
        paths = rules.map(\.path) + lookups
        pathTexts = paths.map(\.description)
        layout = PartLayout(rules: rules, slots: slots, padding: padding)
        opaque = try Self.opaqueForm(rule, lookups: lookups, keys: keys)
        json = PartForm(
            number: 2, plan: .json(JSONPlan(paths: paths)), layout: layout.json(), rules: rules, pathTexts: pathTexts,
            slots: slots)
        if opaque == nil, let schema = schemas.file {
            let avro = try AvroShape(schema: schema, paths: paths, rules: pathTexts, frameCount: 0)
            unframed = PartForm(
                number: 3, plan: .avro(avro),
                layout: layout.avro(avro.plan, fingerprint: Array(schema.fingerprint.utf8)), rules: rules,
                pathTexts: pathTexts, slots: slots)
        } else {
            unframed = nil
        }
    }

    /// The form of a payload; nil is the form of a null.
    func form(of payload: UnsafeRawBufferPointer, now: Int64) throws(TransformError) -> PartForm {
        if let opaque { return opaque }
        switch rule.format {
        case .json, .bytes: return json
        case .avro:
            if let unframed { return unframed }
        case .auto:
            guard ConfluentFraming.isClaimed(by: payload) else { return unframed ?? json }
        }
        let id = try schemas.framedID(of: payload)
        if let lastFramed, lastFramed.id == id { return lastFramed.form }
        let form = try framedForm(id: id, now: now)
        lastFramed = (id, form)
        return form
    }

    private func framedForm(id: UInt32, now: Int64) throws(TransformError) -> PartForm {
        if let known = framed[id] { return known }
        let avro = try AvroShape(
            schema: try schemas.schema(id: id, now: now), paths: paths, rules: pathTexts, frameCount: Self.frameCount)
        formCount += 1
        let form = PartForm(
            number: formCount, plan: .avro(avro), layout: layout.avro(avro.plan, schema: id), rules: rules,
            pathTexts: pathTexts, slots: slots)
        if framed.count >= Self.capacity { framed.removeAll(keepingCapacity: true) }
        framed[id] = form
        return form
    }

    private static func opaqueForm(
        _ rule: PartRule, lookups: [FieldPath], keys: SealingKeys
    ) throws(TransformError) -> PartForm? {
        switch rule.sealing {
        case .nothing where lookups.isEmpty: return PartForm(number: 1)
        case .payload(let payload):
            guard let lookup = lookups.first else {
                let slot = keys.slot(for: payload.key, payload.algorithm)
                return PartForm(
                    number: 1, layout: .payload(key: slot, compression: payload.compression), slots: [slot])
            }
            throw TransformError(
                .keyTemplate, "a key's address reads a field of the value, which is sealed whole",
                field: lookup.description)
        case .nothing, .fields:
            guard rule.format != .bytes else {
                throw TransformError(.schemaUnusable, "bytes have no fields: they can be sealed whole only")
            }
            return nil
        }
    }
}
