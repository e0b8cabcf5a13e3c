import Cryptography
import KeyManagement
import Records
import SchemaRegistry

/// Seals what the rules say of each record's key, value and headers, and gives it an envelope.
///
/// Not thread-safe: a worker owns one. Nothing of a record that fails comes out.
public final class RecordEncryptor: RecordTransform {
    private let bindsKey: Bool
    private let padding: Int
    private let reader: DataKeyReader
    private let schemas: PayloadSchemas
    private let keys: SealingKeys
    private let key: PartSealer
    private let value: PartSealer
    private let headers: HeaderSealer
    private let lookups: ValueLookups
    private let shapes: SealingShapes
    private let sealer = FieldSealer()
    private let written = HeaderList()

    /// Makes an encryptor.
    ///
    /// - Parameters:
    ///   - rules: what is sealed.
    ///   - target: the topic that its records are written to; it stands in every envelope.
    ///   - keys: the worker's view of its data keys.
    ///   - schemas: the worker's view of the schema registry; nil where none is configured.
    /// - Throws: where the rules can't be carried out, such as more fields than an envelope holds.
    public init(
        rules: EncryptionRules, target: String, keys reader: DataKeyReader, schemas registry: SchemaReader? = nil
    ) throws(TransformError) {
        bindsKey = rules.bindsKey
        padding = rules.padding
        self.reader = reader
        keys = SealingKeys(topic: Array(target.utf8), reader: reader)
        lookups = ValueLookups(templates: rules.keyTemplates)
        schemas = try PayloadSchemas(text: rules.value.schemaText, registry: registry)
        key = PartSealer(
            .key,
            forms: try PartForms(
                of: .key, rule: rules.key, padding: padding, lookups: [], keys: keys,
                schemas: try PayloadSchemas(text: rules.key.schemaText, registry: registry)),
            rule: rules.key)
        value = PartSealer(
            .value,
            forms: try PartForms(
                of: .value, rule: rules.value, padding: padding, lookups: lookups.paths, keys: keys, schemas: schemas),
            rule: rules.value)
        headers = HeaderSealer(rules: rules.headers, keys: keys)
        shapes = SealingShapes(topic: Array(target.utf8), bindsKey: bindsKey, keys: keys)
    }

    /// Seals the record; a null value stays null, and every record gets an envelope.
    public func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView {
        for header in record.headers where HeaderName.isReserved(header.name) {
            throw TransformError(
                .alreadyEncrypted,
                "the record carries a header named \(HeaderName.reservedPrefix)*: it was encrypted before, or forged")
        }
        let keyForm = try key.begin(record.key, now: now)
        let valueForm = try value.begin(record.value, now: now)
        try headers.begin(record.headers)
        return try keyForm.use { (keyForm) throws(TransformError) in
            try valueForm.use { (valueForm) throws(TransformError) in
                try shapes.shape(key: keyForm, value: valueForm, headers: headers).use {
                    (shape) throws(TransformError) in
                    try seal(record, key: keyForm, value: valueForm, as: shape, now: now)
                }
            }
        }
    }

    private func seal(
        _ record: RecordView, key keyForm: PartForm, value valueForm: PartForm, as shape: SealingShape, now: Int64
    ) throws(TransformError) -> RecordView {
        try keys.resolve(shape.slots, now: now) { source in
            lookups.text(of: source, in: record, value: valueForm, finder: value.finder)
        }
        var result = record
        if keyForm.isSealed {
            begin(shape, boundTo: .unbound)
            result.key = try key.seal(record.key, as: keyForm, under: keys, by: sealer)
        }
        // Everything else is bound to the key as it is written.
        begin(shape, boundTo: .init(result.key, isBound: bindsKey))
        result.value = try value.seal(record.value, as: valueForm, under: keys, by: sealer)
        result.headers = try writeHeaders(of: record, keyForm: keyForm, shape: shape)
        return result
    }

    /// Lets go of the data keys whose time is over.
    public func releaseExpired(now: Int64) { keys.releaseExpired(now: now) }

    /// Waits for a data key or a schema.
    public func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool {
        switch need {
        case .key(let request): reader.obtain(request, within: milliseconds)
        case .schema(let id): schemas.obtain(id: id, within: milliseconds)
        }
    }

    private func begin(_ shape: SealingShape, boundTo key: AdditionalData.BoundKey) {
        sealer.begin(shape.aadHead, boundKey: key, pad: padding)
    }

    private func writeHeaders(
        of record: RecordView, keyForm: PartForm, shape: SealingShape
    ) throws(TransformError) -> UnsafeBufferPointer<HeaderView> {
        written.removeAll()
        try headers.seal(record.headers, under: keys, by: sealer, to: written)
        if keyForm.isSealed, let sealed = key.endHeader() {
            written.append(HeaderView(name: RecordPart.key.sealedHeader.bytes, value: sealed))
        }
        if let sealed = value.endHeader() {
            written.append(HeaderView(name: RecordPart.value.sealedHeader.bytes, value: sealed))
        }
        if keyForm.isSealed, let original = key.endOriginal() {
            written.append(HeaderView(name: RecordPart.key.originalHeader.bytes, value: original))
        }
        if let original = value.endOriginal() {
            written.append(HeaderView(name: RecordPart.value.originalHeader.bytes, value: original))
        }
        written.append(HeaderView(name: HeaderName.envelope.bytes, value: try shape.envelope(for: keys)))
        return written.views
    }
}
