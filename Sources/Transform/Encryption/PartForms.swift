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
    private let schemas: PayloadSchemas
    private let keys: SealingKeys
    private let tags: TaggedRules?
    private var maker: PartFormMaker
    /// The form of every payload, where payloads are not looked into.
    private let opaque: PartForm?
    private let json: PartForm
    /// The form of payloads with the schema of a file.
    let unframed: PartForm?
    /// The forms of framed payloads by their framing.
    private let framed = BytesCache<PartForm>(limit: PartForms.capacity)
    private let lastFrame = OutputBuffer(capacity: 64)
    private var lastFramed: PartForm?

    /// - Parameters:
    ///   - part: the part.
    ///   - rule: what is sealed.
    ///   - padding: to what field plaintexts are padded.
    ///   - lookups: paths that are only read; they follow the rules' in every plan.
    ///   - keys: where the rules' keys get their slots.
    ///   - schemas: where schemas come from.
    init(
        of part: RecordPart, rule: PartRule, padding: Int, lookups: [FieldPath], keys: SealingKeys,
        schemas: PayloadSchemas
    ) throws(TransformError) {
        self.rule = rule
        self.schemas = schemas
        self.keys = keys
        let tags = rule.tags.map { TaggedRules(rule: $0, listed: rule.fields.map(\.path), lookups: lookups) }
        self.tags = tags
        var maker = PartFormMaker(
            part, rules: rule.fields, slots: rule.fields.map { keys.slot(for: $0.key, $0.algorithm) }, lookups: lookups,
            padding: padding)
        opaque = try Self.opaqueForm(rule, lookups: lookups, keys: keys, maker: &maker)
        json = maker.json()
        unframed =
            if opaque == nil, let schema = schemas.file {
                try Self.unframedForm(schema, rule, tags: tags, keys: keys, maker: &maker)
            } else {
                nil
            }
        self.maker = maker
    }

    /// The form of a payload, which lives until the next payload.
    func form(of payload: UnsafeRawBufferPointer, now: Int64) throws(TransformError) -> Borrowed<PartForm> {
        if let opaque { return Borrowed(opaque) }
        switch rule.format {
        case .json, .bytes: return try unschemed()
        case .jsonSchema, .protobuf: break
        case .avro:
            if let unframed { return Borrowed(unframed) }
        case .auto:
            guard ConfluentFraming.isClaimed(by: payload) else {
                if let unframed { return Borrowed(unframed) }
                return try unschemed()
            }
        }
        // No framing is the beginning of another.
        if let lastFramed, payload.count >= lastFrame.count,
            payload.bytes(in: 0..<lastFrame.count).equals(lastFrame.bytes)
        {
            return Borrowed(lastFramed)
        }
        return try framedForm(of: payload, now: now)
    }

    private func framedForm(
        of payload: UnsafeRawBufferPointer, now: Int64
    ) throws(TransformError) -> Borrowed<PartForm> {
        let id = try schemas.framedID(of: payload)
        let start = payload.bytes(in: 0..<Self.frameCount)
        if let known = framed.value(for: start) { return remember(known, start) }
        let schema = try schemas.registered(id: id, now: now)
        let frame = try schemas.frame(of: payload, schema)
        let whole = payload.bytes(in: 0..<frame.count)
        if let known = framed.value(for: whole) { return remember(known, whole) }
        let form = try form(of: schema, frame: frame)
        framed.insert(form, for: whole)
        return remember(form, whole)
    }

    private func remember(_ form: PartForm, _ frame: UnsafeRawBufferPointer) -> Borrowed<PartForm> {
        lastFrame.removeAll()
        lastFrame.append(frame)
        lastFramed = form
        return Borrowed(form)
    }

    /// The form of text that no schema describes. What nobody says anything of must not go through in the clear.
    private func unschemed() throws(TransformError) -> Borrowed<PartForm> {
        guard tags == nil else {
            throw TransformError(
                .schemaUnusable, "fields are chosen by tags in schemas, and the payload has no framing that names one")
        }
        return Borrowed(json)
    }

    /// The form of payloads with a registered schema.
    ///
    /// - Parameter frame: their framing.
    func form(of schema: RegisteredSchema, frame: [UInt8]) throws(TransformError) -> PartForm {
        try checkFormat(of: schema)
        var maker = Self.adding(try tagged(in: schema, frame: frame), to: maker, keys: keys)
        defer { self.maker.goOn(after: maker) }
        if schema.type == .avro, Self.staysAvro(rule, maker) {
            let shape = try AvroShape(
                schema: try schemas.avro(schema), part: maker.part, paths: maker.paths, rules: maker.pathTexts,
                frameCount: Self.frameCount)
            return maker.avro(shape, schema: schema.id)
        }
        return try maker.converted(
            try schemas.conversion(of: schema, behind: frame), from: schema.type.format, schema: schema.id,
            frame: frame)
    }

    private func checkFormat(of schema: RegisteredSchema) throws(TransformError) {
        guard rule.format == .auto || rule.format.rawValue == schema.type.format.rawValue else {
            throw TransformError(
                .schemaUnusable,
                "schema \(schema.id) is \(schema.type.rawValue) in the registry, where the pair's format is \(rule.format.rawValue)"
            )
        }
    }

    /// The fields that a registered schema chooses by its tags.
    private func tagged(in schema: RegisteredSchema, frame: [UInt8]) throws(TransformError) -> [FieldRule] {
        guard let tags else { return [] }
        return try tags.fields(of: schema, frame: frame, from: schemas)
    }

    private static func adding(
        _ tagged: [FieldRule], to maker: PartFormMaker, keys: SealingKeys
    ) -> PartFormMaker {
        guard !tagged.isEmpty else { return maker }
        return maker.adding(
            tagged, slots: tagged.map { keys.slot(for: $0.key, $0.algorithm) })
    }

    /// What is only read need not be converted.
    private static func staysAvro(_ rule: PartRule, _ maker: PartFormMaker) -> Bool {
        rule.schemaDataMode == .preserveAvro || maker.rules.isEmpty
    }

    private static func unframedForm(
        _ schema: AvroSchema, _ rule: PartRule, tags: TaggedRules?, keys: SealingKeys,
        maker base: inout PartFormMaker
    ) throws(TransformError) -> PartForm {
        let fingerprint = Array(schema.fingerprint.utf8)
        var tagged: [FieldRule] = []
        if let tags { tagged = try tags.fields(of: schema) }
        var maker = adding(tagged, to: base, keys: keys)
        defer { base.goOn(after: maker) }
        guard staysAvro(rule, maker) else {
            return try maker.converted(AvroJSONConversion(schema: schema), from: .avro, fingerprint: fingerprint)
        }
        let shape = try AvroShape(
            schema: schema, part: maker.part, paths: maker.paths, rules: maker.pathTexts, frameCount: 0)
        return maker.avro(shape, fingerprint: fingerprint)
    }

    private static func opaqueForm(
        _ rule: PartRule, lookups: [FieldPath], keys: SealingKeys, maker: inout PartFormMaker
    ) throws(TransformError) -> PartForm? {
        switch rule.sealing {
        case .nothing where lookups.isEmpty: return maker.opaque()
        case .payload(let payload):
            guard let lookup = lookups.first else {
                let slot = keys.slot(for: payload.key, payload.algorithm)
                return maker.opaque(.payload(key: slot, compression: payload.compression), slots: [slot])
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

extension SchemaType {
    /// As a layout names it.
    var format: EnvelopeLayout.Format {
        switch self {
        case .avro: .avro
        case .jsonSchema: .jsonSchema
        case .protobuf: .protobuf
        }
    }
}
