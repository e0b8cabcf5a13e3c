import Cryptography
import Formats
import KeyManagement
import Records
import SchemaRegistry

/// Seals the configured fields of each record and gives it an envelope.
///
/// Not thread-safe: a worker owns one. Nothing of a record that fails comes out.
public final class RecordEncryptor: RecordTransform {
    private let rules: EncryptionRules
    private let keys: SealingKeys
    private let reader: DataKeyReader
    private let shapes: SealingShapes
    private let schemas: AvroSchemas
    private let lookups: ValueLookups
    private let rulePaths: [String]
    private let requiresFields: Bool

    private let finder = FieldFinder()
    private let sealer = FieldSealer()
    private let replacements = ReplacementList()
    private let value = OutputBuffer(capacity: 4096)
    private let sealedFields = SealedHeaderWriter()
    private let headers = HeaderList()
    private var isPresent: [Bool]

    /// Makes an encryptor.
    ///
    /// - Parameters:
    ///   - rules: what is sealed.
    ///   - target: the topic that its records are written to; it stands in every envelope.
    ///   - keys: the worker's view of its data keys.
    ///   - schemas: the worker's view of the schema registry; nil where none is configured.
    /// - Throws: where the rules can't be carried out, such as more fields than an envelope holds.
    public init(
        rules: EncryptionRules, target: String, keys: DataKeyReader, schemas: SchemaReader? = nil
    ) throws(TransformError) {
        let topic = Array(target.utf8)
        self.rules = rules
        requiresFields = rules.valueFields.contains(where: \.isRequired)
        reader = keys
        self.keys = SealingKeys(rules: rules.valueFields, topic: topic, reader: keys)
        lookups = ValueLookups(rules: rules.valueFields)
        rulePaths = (rules.valueFields.map(\.path) + lookups.paths).map(\.description)
        self.schemas = try AvroSchemas(text: rules.schemaText, registry: schemas)
        shapes = try SealingShapes(
            rules: rules, topic: topic, algorithms: self.keys.algorithms, slotOfRule: self.keys.slotOfRule,
            lookups: lookups.paths, schemas: self.schemas)
        isPresent = Array(repeating: false, count: rules.valueFields.count)
    }

    /// Seals the record's fields; a tombstone stays one and gets an envelope that seals nothing.
    public func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView {
        for header in record.headers where HeaderName.isReserved(header.name) {
            throw TransformError(
                .alreadyEncrypted,
                "the record carries a header named \(HeaderName.reservedPrefix)*: it was encrypted before, or forged")
        }
        guard let payload = record.value else { return try sealTombstone(record) }
        let shape = try shapes.shape(for: payload, now: now)
        guard let plan = shape.plan else {
            throw TransformError(.internalError, "a record with a value met the shape of a tombstone")
        }
        try find(in: payload, by: plan)
        try keys.resolve(now: now) { lookups.text(of: $0, in: record, by: plan, finder: finder) }
        try seal(payload, of: record, by: plan, shape: shape)

        var result = record
        result.value = value.bytes
        result.headers = try finishHeaders(of: record, shape: shape)
        return result
    }

    /// Waits for a data key or a schema.
    public func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool {
        switch need {
        case .key(let request): reader.obtain(request, within: milliseconds)
        case .schema(let id): schemas.obtain(id: id, within: milliseconds)
        }
    }

    private func sealTombstone(_ record: RecordView) throws(TransformError) -> RecordView {
        if let missing = rules.valueFields.first(where: \.isRequired) {
            throw Self.missing(missing.path.description)
        }
        var result = record
        headers.removeAll()
        headers.append(contentsOf: record.headers)
        headers.append(HeaderView(name: HeaderName.envelope.bytes, value: try shapes.tombstone.envelope(for: [])))
        result.headers = headers.views
        return result
    }

    private func find(in payload: UnsafeRawBufferPointer, by plan: FieldFinder.Plan) throws(TransformError) {
        do throws(FormatError) {
            try finder.find(in: payload, by: plan)
        } catch {
            throw TransformError(error, rules: rulePaths)
        }
        guard requiresFields else { return }
        for index in isPresent.indices { isPresent[index] = false }
        for match in finder.matches(by: plan) where match.rule < isPresent.count { isPresent[match.rule] = true }
        for (index, rule) in rules.valueFields.enumerated() where rule.isRequired && !isPresent[index] {
            throw Self.missing(rulePaths[index])
        }
    }

    private static func missing(_ field: String) -> TransformError {
        TransformError(.fieldMissing, "the field is required and is missing or null", field: field)
    }

    private func seal(
        _ payload: UnsafeRawBufferPointer, of record: RecordView, by plan: FieldFinder.Plan, shape: SealingShape
    ) throws(TransformError) {
        value.removeAll()
        sealedFields.begin()
        shape.layoutHash.withUnsafeBytes {
            sealer.begin(layoutHash: $0, boundKey: .init(record.key, isBound: rules.bindsKey), pad: rules.padding)
        }
        switch plan {
        case .json: try sealJSON(payload, by: plan)
        case .avro(let shape): try sealAvro(payload, by: plan, shape: shape)
        }
    }

    private func sealJSON(_ payload: UnsafeRawBufferPointer, by plan: FieldFinder.Plan) throws(TransformError) {
        var copied = 0
        for match in finder.matches(by: plan) where match.rule < keys.ruleCount {
            value.append(payload.bytes(in: copied..<match.token.lowerBound))
            value.append(UInt8(ascii: "\""))
            try sealField(
                match, of: payload, type: FieldFinder.jsonType.rawBytes, path: finder.jsonPath(of: match),
                into: value)
            value.append(UInt8(ascii: "\""))
            copied = match.token.upperBound
        }
        value.append(payload.bytes(in: copied..<payload.count))
    }

    private func sealAvro(
        _ payload: UnsafeRawBufferPointer, by plan: FieldFinder.Plan, shape: AvroShape
    ) throws(TransformError) {
        let datum = FieldFinder.datum(of: payload, by: shape)
        let storage = replacements.storage
        replacements.begin()
        for match in finder.matches(by: plan) {
            let path = finder.avroPath(of: match)
            let type = shape.typeNames[match.type]
            if match.rule >= keys.ruleCount {
                storage.append(datum.bytes(in: match.content))
            } else if match.placement == .inline {
                try sealField(match, of: datum, type: type, path: path, into: storage)
            } else {
                sealedFields.path(path)
                try sealField(match, of: datum, type: type, path: path, into: sealedFields.text)
                shape.plan.appendPlaceholder(for: match, to: storage)
            }
            replacements.end()
        }
        finder.splice(payload, by: shape, replacements: replacements, into: value)
    }

    private func sealField(
        _ match: FieldMatch, of payload: UnsafeRawBufferPointer, type: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, into out: OutputBuffer
    ) throws(TransformError) {
        do throws(CryptographyError) {
            try sealer.seal(
                payload.bytes(in: match.content), part: "value", type: type, path: path,
                under: keys.sealer(ofRule: match.rule), into: out)
        } catch {
            throw TransformError(error, field: rulePaths[match.rule])
        }
    }

    private func finishHeaders(
        of record: RecordView, shape: SealingShape
    ) throws(TransformError) -> UnsafeBufferPointer<HeaderView> {
        headers.removeAll()
        headers.append(contentsOf: record.headers)
        if let sealed = sealedFields.end() {
            headers.append(HeaderView(name: HeaderName.sealedValue.bytes, value: sealed))
        }
        headers.append(HeaderView(name: HeaderName.envelope.bytes, value: try shape.envelope(for: keys.sealers)))
        return headers.views
    }
}
