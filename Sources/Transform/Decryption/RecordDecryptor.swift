import Cryptography
import Formats
import KeyManagement
import Records
import SchemaRegistry

/// Opens the sealed fields of each record and takes Fieldseal's headers away.
///
/// Not thread-safe: a worker owns one. A record comes out opened as the rules ask, or as it came where the policy says
/// so, or not at all: never with something in it that was not authenticated.
public final class RecordDecryptor: RecordTransform {
    private let rules: DecryptionRules
    private let acceptedTopics: [[UInt8]]
    private let envelopes: EnvelopeReader
    private let keys: OpeningKeys
    private let plans: OpeningPlans

    private let finder = FieldFinder()
    private let opener = FieldOpener()
    private let headerFields = SealedHeaderFields()
    private let value = OutputBuffer(capacity: 4096)
    private let unescaped = OutputBuffer(capacity: 256)
    private let replacements = ReplacementList()
    private let remaining = SealedHeaderWriter()
    private let headers = HeaderList()

    /// Why the last record was passed on as it came; nil where it was opened.
    public private(set) var passedOn: TransformError?

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
        envelopes = EnvelopeReader(keks: rules.keks, listed: rules.valueFields)
        self.keys = OpeningKeys(reader: keys)
        plans = OpeningPlans(schemas: try AvroSchemas(text: rules.schemaText, registry: schemas))
    }

    /// Opens the record's fields, or passes it on as the policies say.
    public func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView {
        passedOn = nil
        do throws(TransformError) {
            return try open(record, now: now)
        } catch {
            guard !error.isTransient else { throw error }
            let passesOn =
                error.reason == .notEncrypted ? rules.plainPolicy == .pass : rules.errorPolicy == .returnEncrypted
            guard passesOn else { throw error }
            if error.reason != .notEncrypted { passedOn = error }
            return record
        }
    }

    /// Waits for a data key or a schema.
    public func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool {
        switch need {
        case .key(let request): keys.obtain(request, within: milliseconds)
        case .schema(let id): plans.obtain(schema: id, within: milliseconds)
        }
    }

    private func open(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView {
        let own = try RecordHeaders(of: record)
        guard let bytes = own.envelope else {
            guard !own.isTouched else {
                throw TransformError(.malformedEnvelope, "the record has fieldseal.* headers and no envelope")
            }
            throw TransformError(
                .notEncrypted, "the record has no envelope: it was never encrypted, or the envelope was removed")
        }
        let envelope = try read(bytes)
        try checkTopic(of: envelope, in: record)
        guard let payload = record.value else { return try openTombstone(record, own: own, envelope: envelope) }
        guard !envelope.shape.sealsNothing else {
            throw TransformError(.notEncrypted, "the record has a value and an envelope that seals nothing")
        }
        guard envelope.shape.sealsValueFieldsOnly else { throw Self.unsupported }
        return try open(payload, of: record, own: own, envelope: envelope, now: now)
    }

    private func read(_ bytes: UnsafeRawBufferPointer) throws(TransformError) -> Envelope {
        do throws(EnvelopeError) {
            return try envelopes.read(bytes)
        } catch {
            throw TransformError(.malformedEnvelope, "the envelope is refused: \(error.message)")
        }
    }

    private func checkTopic(of envelope: Envelope, in record: RecordView) throws(TransformError) {
        let shape = envelope.shape
        if shape.topic.bytes.equals(record.topic) || acceptedTopics.contains(shape.layout.topic) { return }
        throw TransformError(
            .foreignTopic,
            "the envelope was written for another topic; if this topic is a copy of that one, list it in acceptTopics")
    }

    private func openTombstone(
        _ record: RecordView, own: RecordHeaders, envelope: Envelope
    ) throws(TransformError) -> RecordView {
        guard envelope.shape.layout.value == nil, own.sealedValue == nil else {
            throw TransformError(.layoutMismatch, "the value is null where the layout seals fields of it")
        }
        guard envelope.shape.sealsNothing else { throw Self.unsupported }
        var result = record
        result.headers = ownHeaders(of: record)
        return result
    }

    static let unsupported = TransformError(
        .layoutMismatch, "the layout seals something in a way that this version of Fieldseal can't open")

    private func open(
        _ payload: UnsafeRawBufferPointer, of record: RecordView, own: RecordHeaders, envelope: Envelope, now: Int64
    ) throws(TransformError) -> RecordView {
        let shape = envelope.shape
        let plan = try plans.plan(for: shape, payload: payload, now: now)
        do throws(FormatError) {
            try finder.find(in: payload, by: plan)
            try headerFields.begin(own.sealedValue)
        } catch {
            throw TransformError(error, rules: shape.pathTexts)
        }
        guard own.sealedValue == nil || !headerFields.isExhausted else {
            throw TransformError(.layoutMismatch, "fieldseal.value holds no ciphertext: a writer leaves it out then")
        }
        keys.begin(envelope, now: now)
        shape.layoutHash.withUnsafeBytes {
            opener.begin(
                layoutHash: $0, boundKey: .init(record.key, isBound: shape.bindsKey), pad: shape.pad)
        }
        remaining.begin()
        value.removeAll()
        switch plan {
        case .json: try openJSON(of: payload, shape: shape, plan: plan)
        case .avro(let avro): try openAvro(of: payload, shape: shape, plan: plan, avro: avro)
        }
        guard headerFields.isExhausted else {
            throw TransformError(
                .layoutMismatch, "fieldseal.value holds a path that the layout and the record do not call for")
        }
        var result = record
        result.value = value.bytes
        result.headers = shape.opensAll ? ownHeaders(of: record) : partialHeaders(of: record, own: own, shape: shape)
        return result
    }

    private func openJSON(
        of payload: UnsafeRawBufferPointer, shape: OpeningShape, plan: FieldFinder.Plan
    ) throws(TransformError) {
        var copied = 0
        for match in finder.matches(by: plan) {
            try checkCovered(match, shape: shape)
            guard shape.opensField[match.rule] else { continue }
            value.append(payload.bytes(in: copied..<match.token.lowerBound))
            let text = try ciphertext(in: payload.bytes(in: match.token), rule: match.rule, shape: shape)
            try open(
                text, rule: match.rule, type: FieldFinder.jsonType.rawBytes, path: finder.jsonPath(of: match),
                shape: shape, into: value)
            copied = match.token.upperBound
        }
        value.append(payload.bytes(in: copied..<payload.count))
    }

    private func openAvro(
        of payload: UnsafeRawBufferPointer, shape: OpeningShape, plan: FieldFinder.Plan, avro: AvroShape
    ) throws(TransformError) {
        let datum = FieldFinder.datum(of: payload, by: avro)
        let storage = replacements.storage
        replacements.begin()
        for match in finder.matches(by: plan) {
            try checkCovered(match, shape: shape)
            let content = datum.bytes(in: match.content)
            let path = finder.avroPath(of: match)
            let text = match.placement == .inline ? content : try headerCiphertext(at: path, match, shape: shape)
            if shape.opensField[match.rule] {
                try open(
                    text, rule: match.rule, type: avro.typeNames[match.type], path: path, shape: shape,
                    into: storage)
            } else {
                storage.append(content)
                if match.placement == .header {
                    remaining.path(path)
                    remaining.text.append(text)
                }
            }
            replacements.end()
        }
        finder.splice(payload, by: avro, replacements: replacements, into: value)
    }

    private func headerCiphertext(
        at path: UnsafeRawBufferPointer, _ match: FieldMatch, shape: OpeningShape
    ) throws(TransformError) -> UnsafeRawBufferPointer {
        do throws(FormatError) {
            if let text = try headerFields.take(path) { return text }
        } catch {
            throw TransformError(.layoutMismatch, "fieldseal.value is malformed at \(error)")
        }
        throw TransformError(
            .layoutMismatch, "fieldseal.value has no ciphertext for the field, or not in the order of the record",
            field: shape.pathTexts[match.rule])
    }

    /// The content of a JSON string, its escapes undone.
    private func ciphertext(
        in token: UnsafeRawBufferPointer, rule: Int, shape: OpeningShape
    ) throws(TransformError) -> UnsafeRawBufferPointer {
        if let plain = JSONString.plainContent(token) { return plain }
        unescaped.removeAll()
        guard JSONString.unescape(token, into: unescaped) else { throw Self.noCiphertext(shape.pathTexts[rule]) }
        return unescaped.bytes
    }

    private func checkCovered(_ match: FieldMatch, shape: OpeningShape) throws(TransformError) {
        guard match.rule < shape.keyOfField.count else {
            throw TransformError(
                .layoutMismatch,
                "this pair opens the field by name, and the layout does not seal it: it is in the clear",
                field: shape.pathTexts[match.rule])
        }
    }

    private func open(
        _ text: UnsafeRawBufferPointer, rule: Int, type: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer,
        shape: OpeningShape, into out: OutputBuffer
    ) throws(TransformError) {
        let key = try keys.opener(at: shape.keyOfField[rule], for: rule)
        do throws(FieldOpener.Fault) {
            try opener.open(text, part: "value", type: type, path: path, with: key, into: out)
        } catch {
            let field = shape.pathTexts[rule]
            switch error {
            case .notBase64: throw Self.noCiphertext(field)
            case .badPadding:
                throw TransformError(.layoutMismatch, "the plaintext is not padded as the layout says", field: field)
            case .cryptography(let error): throw TransformError(error, field: field)
            }
        }
    }

    private static func noCiphertext(_ field: String) -> TransformError {
        TransformError(.layoutMismatch, "the layout seals this field and it holds no ciphertext", field: field)
    }

    /// The record's headers with what is still sealed: the envelope as it was, and what the pair has opened.
    private func partialHeaders(
        of record: RecordView, own: RecordHeaders, shape: OpeningShape
    ) -> UnsafeBufferPointer<HeaderView> {
        _ = ownHeaders(of: record)
        if let sealed = remaining.end() {
            headers.append(HeaderView(name: HeaderName.sealedValue.bytes, value: sealed))
        }
        headers.append(HeaderView(name: HeaderName.envelope.bytes, value: own.envelope))
        headers.append(HeaderView(name: HeaderName.opened.bytes, value: shape.openedHeader.bytes))
        return headers.views
    }

    /// The record's headers without Fieldseal's.
    private func ownHeaders(of record: RecordView) -> UnsafeBufferPointer<HeaderView> {
        headers.removeAll()
        for header in record.headers where !HeaderName.isReserved(header.name) { headers.append(header) }
        return headers.views
    }
}
