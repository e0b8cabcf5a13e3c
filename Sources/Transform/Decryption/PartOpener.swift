import Cryptography
import Formats
import KeyManagement
import Records

/// Opens one part of each record, the key or the value: whole, or some of its fields.
///
/// Not thread-safe: a decryptor owns one for each part. What it gives is valid until the next record.
final class PartOpener {
    let part: RecordPart
    private let plans: PartPlans
    private let maximumPayloadBytes: Int
    private let fieldLabel: OutputBuffer
    let payloadLabel: OutputBuffer

    let finder = FieldFinder()
    private let headerFields = SealedHeaderFields()
    let output = OutputBuffer(capacity: 4096)
    private let unescaped = OutputBuffer(capacity: 256)
    private let compressed = OutputBuffer(capacity: 64)
    /// The new bytes of an Avro payload's matches, and where each match's end.
    private let replacements = OutputBuffer(capacity: 2048)
    private let replacementEnds = PlainList<Int>(capacity: 32)
    private let compressor = PayloadCompressor()
    /// The ciphertexts that stay in the header.
    private let remaining = SealedHeaderWriter()
    let converter = PayloadConverter()
    /// The sealed original that stays in its header.
    var remainingOriginal: UnsafeRawBufferPointer?
    /// Which of what the layout seals got default values, by the layout's order; empty where nothing is sealed.
    private(set) var isDefaulted: [Bool] = []
    /// Whether anything got a default value.
    private(set) var hasDefaults = false

    init(_ part: RecordPart, plans: PartPlans, maximumPayloadBytes: Int) {
        self.part = part
        self.plans = plans
        self.maximumPayloadBytes = maximumPayloadBytes
        fieldLabel = part.label(of: FieldFinder.jsonType)
        payloadLabel = part.label(of: FieldFinder.payloadType)
    }

    /// The part opened as `states` say.
    ///
    /// - Parameters:
    ///   - payload: the part as it came.
    ///   - sealed: what the layout says of it; nil where nothing of it is sealed.
    ///   - states: one for each field, or one for the payload.
    ///   - header: the header with this part's ciphertexts, if the record has one.
    ///   - original: the header with this part's sealed original, if the record has one.
    ///   - keys: begun with this record.
    ///   - opener: begun with this record.
    /// - Throws: also where the record lacks what the layout calls for, or has what it does not.
    func open(
        _ payload: UnsafeRawBufferPointer?, as sealed: OpeningPart?, _ states: [FieldState],
        header: UnsafeRawBufferPointer?, original: UnsafeRawBufferPointer?, with keys: OpeningKeys,
        by opener: FieldOpener, now: Int64
    ) throws(TransformError) -> UnsafeRawBufferPointer? {
        begin(states.count)
        guard let sealed else {
            guard header == nil, original == nil else { throw Self.uncalledHeader(part) }
            return payload
        }
        guard let payload else {
            throw TransformError(.layoutMismatch, "the \(part.name) is null where the layout seals something of it")
        }
        if let compression = sealed.compression {
            guard header == nil, original == nil else { throw Self.uncalledHeader(part) }
            guard states[0] == .opens else { return payload }
            try openWhole(payload, compression, of: sealed, with: keys, by: opener)
            return output.bytes
        }
        guard original == nil || sealed.originalKey != nil else { throw Self.uncalledHeader(part) }
        let reading = try plans.plan(for: sealed, payload: payload, now: now)
        if case .converted(let shape) = reading, Self.isRestored(states) {
            guard header == nil else { throw Self.uncalledHeader(part) }
            try shape.use { (shape) throws(TransformError) in
                try checkRestored(payload, by: shape, reading, of: sealed)
            }
            remainingOriginal = original
            return payload
        }
        try openFields(payload, by: reading, of: sealed, states, header: header, with: keys, by: opener)
        guard case .converted(let shape) = reading else { return output.bytes }
        return try shape.use { (shape) throws(TransformError) in
            try restore(by: shape, of: sealed, states, original: original, with: keys, by: opener)
        }
    }

    private func openFields(
        _ payload: UnsafeRawBufferPointer, by reading: FieldPlan.Reading, of sealed: OpeningPart,
        _ states: [FieldState],
        header: UnsafeRawBufferPointer?, with keys: OpeningKeys, by opener: FieldOpener
    ) throws(TransformError) {
        try find(in: payload, by: reading, of: sealed, header: header)
        switch reading {
        case .json, .converted: try openJSON(payload, by: reading, of: sealed, states, with: keys, by: opener)
        case .avro(let shape):
            try shape.use { (shape) throws(TransformError) in
                try openAvro(payload, shape, by: reading, of: sealed, states, with: keys, by: opener)
            }
        }
        guard headerFields.isExhausted else {
            throw TransformError(
                .layoutMismatch, "fieldseal.\(part.name) holds a path that the layout and the record do not call for")
        }
    }

    /// The value of the header with the ciphertexts that stay sealed; nil where none does.
    func endHeader() -> UnsafeRawBufferPointer? { remaining.end() }

    /// The value of the header with a sealed original that stays; nil for none.
    func endOriginal() -> UnsafeRawBufferPointer? { remainingOriginal }

    /// Waits for a schema.
    func obtain(schema id: UInt32, within milliseconds: Int) -> Bool { plans.obtain(schema: id, within: milliseconds) }

    private func begin(_ count: Int) {
        remaining.begin()
        remainingOriginal = nil
        output.removeAll()
        guard hasDefaults || isDefaulted.count != count else { return }
        hasDefaults = false
        isDefaulted.removeAll(keepingCapacity: true)
        for _ in 0..<count { isDefaulted.append(false) }
    }

    private func putDefault(at index: Int) {
        isDefaulted[index] = true
        hasDefaults = true
    }

    private func find(
        in payload: UnsafeRawBufferPointer, by reading: FieldPlan.Reading, of sealed: OpeningPart,
        header: UnsafeRawBufferPointer?
    ) throws(TransformError) {
        do throws(FormatError) {
            try finder.find(in: payload, by: reading)
            try headerFields.begin(header)
        } catch {
            throw TransformError(error, in: part, rules: sealed.pathTexts)
        }
        guard header == nil || !headerFields.isExhausted else {
            throw TransformError(
                .layoutMismatch, "fieldseal.\(part.name) holds no ciphertext: a writer leaves it out then")
        }
    }

    private func openWhole(
        _ payload: UnsafeRawBufferPointer, _ compression: Compression, of sealed: OpeningPart, with keys: OpeningKeys,
        by opener: FieldOpener
    ) throws(TransformError) {
        guard let key = try keys.opener(at: sealed.keyOfField[0], for: 0, of: WholePayload()) else {
            putDefault(at: 0)
            return
        }
        let plaintext = compression == .none ? output : compressed
        plaintext.removeAll()
        do throws(CryptographyError) {
            try opener.openWhole(
                payload, label: payloadLabel.bytes, path: FieldFinder.noPath, with: key, into: plaintext)
        } catch {
            throw TransformError(error, field: nil)
        }
        guard compression != .none else { return }
        do throws(CompressionError) {
            try compressor.decompress(
                plaintext.bytes, by: compression, maximum: maximumPayloadBytes, into: output)
        } catch {
            throw TransformError(.payloadRefused, "\(error)")
        }
    }

    private func openJSON(
        _ payload: UnsafeRawBufferPointer, by reading: FieldPlan.Reading, of sealed: OpeningPart,
        _ states: [FieldState],
        with keys: OpeningKeys, by opener: FieldOpener
    ) throws(TransformError) {
        var copied = 0
        for match in finder.matches(by: reading) {
            try checkCovered(match.rule, sealed)
            guard states[match.rule] == .opens else { continue }
            output.append(payload.bytes(in: copied..<match.token.lowerBound))
            let text = try ciphertext(in: payload.bytes(in: match.token), by: match.rule, sealed)
            let isOpened = try open(
                text, by: match.rule, label: fieldLabel.bytes, path: finder.path(match.path, by: reading), sealed,
                with: keys,
                by: opener, into: output)
            if !isOpened { try appendDefault(for: match, by: reading, of: sealed) }
            copied = match.token.upperBound
        }
        output.append(payload.bytes(in: copied..<payload.count))
    }

    /// Nothing in plain JSON text says of which type a sealed field was.
    private static let defaultJSON: StaticString = "null"

    private func appendDefault(
        for match: FieldMatch, by reading: FieldPlan.Reading, of sealed: OpeningPart
    ) throws(TransformError) {
        guard case .converted(let shape) = reading else { return output.append(Self.defaultJSON) }
        guard let json = shape.use({ $0.conversion.defaultJSON(for: match) }) else {
            throw TransformError(
                .keyRefused, "the KMS refuses the field's key, and its type has no default value",
                field: sealed.pathTexts[match.rule])
        }
        output.append(json)
    }

    private func openAvro(
        _ payload: UnsafeRawBufferPointer, _ shape: AvroShape, by reading: FieldPlan.Reading, of sealed: OpeningPart,
        _ states: [FieldState], with keys: OpeningKeys, by opener: FieldOpener
    ) throws(TransformError) {
        let datum = FieldFinder.datum(of: payload, by: shape)
        replacements.removeAll()
        replacementEnds.removeAll()
        for match in finder.matches(by: reading) {
            try checkCovered(match.rule, sealed)
            let content = datum.bytes(in: match.content)
            switch states[match.rule] {
            case .isOpened, .isDefaulted: replacements.append(content)
            case .opens, .staysSealed:
                try openAvroField(
                    content, by: match.rule, match.placement, label: shape.labels[match.type],
                    path: finder.path(match.path, by: reading), sealed, isAsked: states[match.rule] == .opens,
                    with: keys, by: opener)
            }
            replacementEnds.append(replacements.count)
        }
        finder.splice(
            payload, by: shape, ends: replacementEnds.views, of: replacements.bytes, into: output)
    }

    private func openAvroField(
        _ content: UnsafeRawBufferPointer, by rule: Int, _ placement: FieldMatch.Placement,
        label: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer, _ sealed: OpeningPart, isAsked: Bool,
        with keys: OpeningKeys, by opener: FieldOpener
    ) throws(TransformError) {
        let text = placement == .inline ? content : try headerCiphertext(at: path, by: rule, sealed)
        if isAsked {
            let isOpened = try open(
                text, by: rule, label: label, path: path, sealed, with: keys, by: opener, into: replacements)
            if isOpened { return }
            // An inline string's default is the empty one; what is in a header keeps its placeholder.
            guard placement == .header else { return }
        }
        replacements.append(content)
        guard placement == .header, !isAsked || sealed.keepsCiphertext[rule] else { return }
        remaining.path(path)
        remaining.text.append(text)
    }

    private func headerCiphertext(
        at path: UnsafeRawBufferPointer, by rule: Int, _ sealed: OpeningPart
    ) throws(TransformError) -> UnsafeRawBufferPointer {
        do throws(FormatError) {
            if let text = try headerFields.take(path) { return text }
        } catch {
            throw TransformError(.layoutMismatch, "fieldseal.\(part.name) is malformed at \(error)")
        }
        throw TransformError(
            .layoutMismatch,
            "fieldseal.\(part.name) has no ciphertext for the field, or not in the order of the record",
            field: sealed.pathTexts[rule])
    }

    /// The content of a JSON string, its escapes undone.
    private func ciphertext(
        in token: UnsafeRawBufferPointer, by rule: Int, _ sealed: OpeningPart
    ) throws(TransformError) -> UnsafeRawBufferPointer {
        if let plain = JSONString.plainContent(token) { return plain }
        unescaped.removeAll()
        guard JSONString.unescape(token, into: unescaped) else {
            throw Self.noCiphertext(sealed.pathTexts[rule])
        }
        return unescaped.bytes
    }

    func checkCovered(_ rule: Int, _ sealed: OpeningPart) throws(TransformError) {
        guard rule < sealed.keyOfField.count else {
            throw TransformError(
                .layoutMismatch,
                "this pair opens the field by name, and the layout does not seal it: it is in the clear",
                field: sealed.pathTexts[rule])
        }
    }

    /// Appends the plaintext of a ciphertext; false where its KEK is refused and a default value is to be put.
    private func open(
        _ text: UnsafeRawBufferPointer, by rule: Int, label: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, _ sealed: OpeningPart, with keys: OpeningKeys, by opener: FieldOpener,
        into out: OutputBuffer
    ) throws(TransformError) -> Bool {
        guard let key = try keys.opener(at: sealed.keyOfField[rule], for: rule, of: sealed) else {
            putDefault(at: rule)
            return false
        }
        do throws(FieldOpener.Fault) {
            try opener.open(text, label: label, path: path, with: key, into: out)
        } catch {
            let field = sealed.pathTexts[rule]
            switch error {
            case .notBase64: throw Self.noCiphertext(field)
            case .badPadding:
                throw TransformError(.layoutMismatch, "the plaintext is not padded as the layout says", field: field)
            case .cryptography(let error): throw TransformError(error, field: field)
            }
        }
        return true
    }

    private static func noCiphertext(_ field: String) -> TransformError {
        TransformError(.layoutMismatch, "the layout seals this field and it holds no ciphertext", field: field)
    }

    private static func uncalledHeader(_ part: RecordPart) -> TransformError {
        TransformError(
            .layoutMismatch, "the record carries fieldseal.\(part.name), which its layout does not call for")
    }
}
