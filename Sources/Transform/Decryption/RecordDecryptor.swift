import Cryptography
import KeyManagement
import Records
import SchemaRegistry

/// Opens what is sealed of each record's key, value and headers, and takes Fieldseal's headers away.
///
/// Not thread-safe: a worker owns one. A record comes out opened as the rules ask, or as it came where the policy says
/// so, or not at all: never with something in it that was not authenticated.
public final class RecordDecryptor: RecordTransform {
    private let rules: DecryptionRules
    private let acceptedTopics: [[UInt8]]
    private let envelopes: EnvelopeReader
    private let keys: OpeningKeys
    private let key: PartOpener
    private let value: PartOpener
    private let headers = HeaderOpener()
    private let opener = FieldOpener()
    private let entries = OpenedEntries()
    private let written = HeaderList()

    /// Why the last record was passed on as it came or with default values; nil where it was opened.
    public var passedOn: TransformError? { hasPassedOn ? lastPassedOn : nil }

    // Kept after its record: to let go of an error takes time, and nearly every record has none.
    private var lastPassedOn: TransformError?
    private var hasPassedOn = false

    /// Makes a decryptor.
    ///
    /// - Parameters:
    ///   - rules: what is opened, and what happens to what can't be.
    ///   - keys: the worker's view of its data keys.
    ///   - schemas: the worker's view of the schema registry; nil where none is configured.
    /// - Throws: where the rules can't be carried out, such as an invalid schema.
    public init(
        rules: DecryptionRules, keys: DataKeyReader, schemas: SchemaReader? = nil
    ) throws(TransformError) {
        self.rules = rules
        acceptedTopics = rules.acceptedTopics.map { Array($0.utf8) }
        envelopes = EnvelopeReader(
            keks: rules.keks,
            choice: .init(
                keyFields: rules.keyFields, valueFields: rules.valueFields,
                headerNames: rules.headerNames.map { Array($0.utf8) }))
        self.keys = OpeningKeys(reader: keys, toleratesRefusal: rules.errorPolicy == .defaultValue)
        key = PartOpener(
            .key, plans: PartPlans(schemas: try PayloadSchemas(text: rules.keySchemaText, registry: schemas)),
            maximumPayloadBytes: rules.maximumPayloadBytes)
        value = PartOpener(
            .value, plans: PartPlans(schemas: try PayloadSchemas(text: rules.schemaText, registry: schemas)),
            maximumPayloadBytes: rules.maximumPayloadBytes)
    }

    /// Opens the record, or passes it on as the policies say.
    public func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView {
        hasPassedOn = false
        do throws(TransformError) {
            let opened = try open(record, now: now)
            if keys.hasRefusal { notePassedOn(keys.refusal) }
            return opened
        } catch {
            guard !error.isTransient else { throw error }
            let passesOn =
                error.reason == .notEncrypted ? rules.plainPolicy == .pass : rules.errorPolicy == .returnEncrypted
            guard passesOn else { throw error }
            if error.reason != .notEncrypted { notePassedOn(error) }
            return record
        }
    }

    private func notePassedOn(_ error: TransformError?) {
        lastPassedOn = error
        hasPassedOn = true
    }

    /// Lets go of the data keys whose time is over.
    public func releaseExpired(now: Int64) { keys.releaseExpired(now: now) }

    /// Waits for a data key or a schema.
    public func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool {
        switch need {
        case .key(let request): keys.obtain(request, within: milliseconds)
        case .schema(let id): value.obtain(schema: id, within: milliseconds)
        }
    }

    private func open(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView {
        let own = try RecordHeaders(of: record)
        // The envelope is read first, from elsewhere.
        record.value?.prefetch()
        guard let bytes = own.envelope else {
            guard !own.isTouched else {
                throw TransformError(.malformedEnvelope, "the record has fieldseal.* headers and no envelope")
            }
            throw TransformError(
                .notEncrypted, "the record has no envelope: it was never encrypted, or the envelope was removed")
        }
        return try read(bytes).use { (envelope) throws(TransformError) in
            try open(record, own: own, envelope, now: now)
        }
    }

    private func open(
        _ record: RecordView, own: RecordHeaders, _ envelope: Envelope, now: Int64
    ) throws(TransformError) -> RecordView {
        let shape = envelope.shape
        try checkTopic(of: shape, in: record)
        guard record.value == nil || !shape.sealsNothing else {
            throw TransformError(.notEncrypted, "the record has a value and an envelope that seals nothing")
        }
        try checkListedFields(of: shape, in: record)
        keys.begin(envelope, now: now)
        if own.isPartlyOpened {
            let selection = try selection(of: shape, own: own)
            return try open(record, own: own, shape: shape, selection, now: now)
        }
        return try open(record, own: own, shape: shape, shape.selection, now: now)
    }

    private func read(_ bytes: UnsafeRawBufferPointer) throws(TransformError) -> Borrowed<Envelope> {
        do throws(EnvelopeError) {
            return try envelopes.read(bytes)
        } catch {
            throw TransformError(.malformedEnvelope, "the envelope is refused: \(error.message)")
        }
    }

    private func checkTopic(of shape: OpeningShape, in record: RecordView) throws(TransformError) {
        if shape.topic.bytes.equals(record.topic) { return }
        for topic in acceptedTopics where topic.withUnsafeBytes({ shape.topic.bytes.equals($0) }) { return }
        throw TransformError(
            .foreignTopic,
            "the envelope was written for another topic; if this topic is a copy of that one, list it in acceptTopics")
    }

    /// What is listed by name must be there field by field.
    private func checkListedFields(of shape: OpeningShape, in record: RecordView) throws(TransformError) {
        try checkListedFields(rules.valueFields, .value, shape.value, record.value)
        try checkListedFields(rules.keyFields, .key, shape.key, record.key)
    }

    private func checkListedFields(
        _ listed: [FieldPath], _ part: RecordPart, _ sealed: OpeningPart?, _ payload: UnsafeRawBufferPointer?
    ) throws(TransformError) {
        guard !listed.isEmpty, payload != nil, sealed?.fields == nil else { return }
        throw TransformError(
            .layoutMismatch,
            "this pair opens fields of the \(part.name) by name, and the layout seals it whole or not at all")
    }

    private func selection(of shape: OpeningShape, own: RecordHeaders) throws(TransformError) -> OpeningSelection {
        guard rules.acceptsPartlyOpened else {
            throw TransformError(
                .malformedEnvelope,
                "the record was opened in part by another pair; read the topic that one reads, or set acceptPartlyOpened"
            )
        }
        let sealed = Set(shape.entries)
        return OpeningSelection(
            of: shape, opened: try OpenedEntries.parse(own.opened, sealed: sealed),
            defaulted: try OpenedEntries.parse(own.defaulted, sealed: sealed))
    }

    private func open(
        _ record: RecordView, own: RecordHeaders, shape: OpeningShape, _ selection: OpeningSelection, now: Int64
    ) throws(TransformError) -> RecordView {
        var result = record
        written.removeAll()
        begin(shape, boundTo: .init(record.key, isBound: shape.bindsKey), pad: shape.value?.pad ?? 0)
        result.value = try value.open(
            record.value, as: shape.value, selection.value, header: own.sealedValue, original: own.originalValue,
            with: keys, by: opener, now: now)
        try headers.open(
            record.headers, as: shape.headers, selection.headers, with: keys, by: opener, to: written)
        if shape.key == nil {
            result.key = try openKey(of: record, own: own, shape: shape, [], now: now)
            if !isComplete(selection) { appendRemaining(own: own, shape: shape, selection) }
        } else {
            result.key = try openSealedKey(of: record, own: own, shape: shape, selection, now: now)
        }
        result.headers = written.views
        return result
    }

    private func openSealedKey(
        of record: RecordView, own: RecordHeaders, shape: OpeningShape, _ selection: OpeningSelection, now: Int64
    ) throws(TransformError) -> UnsafeRawBufferPointer? {
        var selection = selection
        // What got a default value may have left a ciphertext that is bound to the key.
        if shape.bindsKey, value.hasDefaults || headers.hasDefaults {
            selection.keepKeySealed()
        }
        begin(shape, boundTo: .unbound, pad: shape.key?.pad ?? 0)
        var opened = try openKey(of: record, own: own, shape: shape, selection.key, now: now)
        if key.hasDefaults {
            // A default key would make one entity of many: such a key stays as it is written.
            selection.keepKeySealed()
            opened = try openKey(of: record, own: own, shape: shape, selection.key, now: now)
        }
        if !isComplete(selection) { appendRemaining(own: own, shape: shape, selection) }
        return opened
    }

    private func openKey(
        of record: RecordView, own: RecordHeaders, shape: OpeningShape, _ states: [FieldState], now: Int64
    ) throws(TransformError) -> UnsafeRawBufferPointer? {
        try key.open(
            record.key, as: shape.key, states, header: own.sealedKey, original: own.originalKey, with: keys,
            by: opener, now: now)
    }

    private func begin(_ shape: OpeningShape, boundTo key: AdditionalData.BoundKey, pad: Int) {
        opener.begin(shape.aadHead, boundKey: key, pad: pad)
    }

    private func isComplete(_ selection: OpeningSelection) -> Bool {
        selection.opensAll && !value.hasDefaults && !headers.hasDefaults
    }

    /// Appends what a record opened in part carries: the ciphertexts that stay, the envelope as it was, and the lists.
    private func appendRemaining(own: RecordHeaders, shape: OpeningShape, _ selection: OpeningSelection) {
        if let sealed = key.endHeader() {
            written.append(HeaderView(name: RecordPart.key.sealedHeader.bytes, value: sealed))
        }
        if let sealed = value.endHeader() {
            written.append(HeaderView(name: RecordPart.value.sealedHeader.bytes, value: sealed))
        }
        if let original = key.endOriginal() {
            written.append(HeaderView(name: RecordPart.key.originalHeader.bytes, value: original))
        }
        if let original = value.endOriginal() {
            written.append(HeaderView(name: RecordPart.value.originalHeader.bytes, value: original))
        }
        written.append(HeaderView(name: HeaderName.envelope.bytes, value: own.envelope))
        entries.begin()
        if let part = shape.key { entries.append(part.entries, selection.key, isDefaulted: key.isDefaulted) }
        if let part = shape.value { entries.append(part.entries, selection.value, isDefaulted: value.isDefaulted) }
        entries.append(shape.headers.entries, selection.headers, isDefaulted: headers.isDefaulted)
        written.append(HeaderView(name: HeaderName.opened.bytes, value: entries.endOpened()))
        if let defaulted = entries.endDefaulted() {
            written.append(HeaderView(name: HeaderName.defaulted.bytes, value: defaulted))
        }
    }
}
