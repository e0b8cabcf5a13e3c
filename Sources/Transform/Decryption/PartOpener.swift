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

    let finder = FieldFinder()
    private let headerFields = SealedHeaderFields()
    let output = OutputBuffer(capacity: 4096)
    private let unescaped = OutputBuffer(capacity: 256)
    private let compressed = OutputBuffer(capacity: 64)
    private let replacements = ReplacementList()
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
        let plan = try plans.plan(for: sealed, payload: payload, now: now)
        guard original == nil || sealed.originalKey != nil else { throw Self.uncalledHeader(part) }
        if let shape = sealed.converted, Self.isRestored(states) {
            guard header == nil else { throw Self.uncalledHeader(part) }
            try checkRestored(payload, by: shape, of: sealed)
            remainingOriginal = original
            return payload
        }
        try find(in: payload, by: plan, of: sealed, header: header)
        switch plan {
        case .json, .converted: try openJSON(payload, by: plan, of: sealed, states, with: keys, by: opener)
        case .avro(let shape): try openAvro(payload, shape, of: sealed, states, with: keys, by: opener)
        }
        guard headerFields.isExhausted else {
            throw TransformError(
                .layoutMismatch, "fieldseal.\(part.name) holds a path that the layout and the record do not call for")
        }
        guard let shape = sealed.converted else { return output.bytes }
        return try restore(by: shape, of: sealed, states, original: original, with: keys, by: opener)
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
        in payload: UnsafeRawBufferPointer, by plan: FieldFinder.Plan, of sealed: OpeningPart,
        header: UnsafeRawBufferPointer?
    ) throws(TransformError) {
        do throws(FormatError) {
            try finder.find(in: payload, by: plan)
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
        guard let key = try keys.opener(at: sealed.keyOfField[0], for: nil) else {
            putDefault(at: 0)
            return
        }
        let plaintext = compression == .none ? output : compressed
        plaintext.removeAll()
        do throws(CryptographyError) {
            try opener.openWhole(
                payload, part: part.name, type: FieldFinder.payloadType.rawBytes, path: FieldFinder.noPath, with: key,
                into: plaintext)
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
        _ payload: UnsafeRawBufferPointer, by plan: FieldFinder.Plan, of sealed: OpeningPart, _ states: [FieldState],
        with keys: OpeningKeys, by opener: FieldOpener
    ) throws(TransformError) {
        var copied = 0
        for match in finder.matches(by: plan) {
            try checkCovered(match, sealed)
            guard states[match.rule] == .opens else { continue }
            output.append(payload.bytes(in: copied..<match.token.lowerBound))
            let text = try ciphertext(in: payload.bytes(in: match.token), match, sealed)
            let isOpened = try open(
                text, match, type: FieldFinder.jsonType.rawBytes, path: finder.jsonPath(of: match), sealed, with: keys,
                by: opener, into: output)
            if !isOpened { try appendDefault(for: match, of: sealed) }
            copied = match.token.upperBound
        }
        output.append(payload.bytes(in: copied..<payload.count))
    }

    /// Nothing in plain JSON text says of which type a sealed field was.
    private static let defaultJSON: StaticString = "null"

    private func appendDefault(for match: FieldMatch, of sealed: OpeningPart) throws(TransformError) {
        guard let shape = sealed.converted else { return output.append(Self.defaultJSON) }
        guard let json = shape.conversion.defaultJSON(for: match) else {
            throw TransformError(
                .keyRefused, "the KMS refuses the field's key, and its type has no default value",
                field: sealed.pathTexts[match.rule])
        }
        output.append(json)
    }

    private func openAvro(
        _ payload: UnsafeRawBufferPointer, _ shape: AvroShape, of sealed: OpeningPart, _ states: [FieldState],
        with keys: OpeningKeys, by opener: FieldOpener
    ) throws(TransformError) {
        let datum = FieldFinder.datum(of: payload, by: shape)
        let storage = replacements.storage
        replacements.begin()
        for match in finder.matches(by: .avro(shape)) {
            try checkCovered(match, sealed)
            let content = datum.bytes(in: match.content)
            switch states[match.rule] {
            case .isOpened, .isDefaulted: storage.append(content)
            case .opens, .staysSealed:
                try openAvroField(
                    content, match, shape, sealed, isAsked: states[match.rule] == .opens, with: keys, by: opener)
            }
            replacements.end()
        }
        finder.splice(payload, by: shape, replacements: replacements, into: output)
    }

    private func openAvroField(
        _ content: UnsafeRawBufferPointer, _ match: FieldMatch, _ shape: AvroShape, _ sealed: OpeningPart,
        isAsked: Bool, with keys: OpeningKeys, by opener: FieldOpener
    ) throws(TransformError) {
        let storage = replacements.storage
        let path = finder.avroPath(of: match)
        let text = match.placement == .inline ? content : try headerCiphertext(at: path, match, sealed)
        if isAsked {
            let isOpened = try open(
                text, match, type: shape.typeNames[match.type], path: path, sealed, with: keys, by: opener,
                into: storage)
            if isOpened { return }
            // An inline string's default is the empty one; what is in a header keeps its placeholder.
            guard match.placement == .header else { return }
        }
        storage.append(content)
        guard match.placement == .header, !isAsked || sealed.keepsCiphertext[match.rule] else { return }
        remaining.path(path)
        remaining.text.append(text)
    }

    private func headerCiphertext(
        at path: UnsafeRawBufferPointer, _ match: FieldMatch, _ sealed: OpeningPart
    ) throws(TransformError) -> UnsafeRawBufferPointer {
        do throws(FormatError) {
            if let text = try headerFields.take(path) { return text }
        } catch {
            throw TransformError(.layoutMismatch, "fieldseal.\(part.name) is malformed at \(error)")
        }
        throw TransformError(
            .layoutMismatch,
            "fieldseal.\(part.name) has no ciphertext for the field, or not in the order of the record",
            field: sealed.pathTexts[match.rule])
    }

    /// The content of a JSON string, its escapes undone.
    private func ciphertext(
        in token: UnsafeRawBufferPointer, _ match: FieldMatch, _ sealed: OpeningPart
    ) throws(TransformError) -> UnsafeRawBufferPointer {
        if let plain = JSONString.plainContent(token) { return plain }
        unescaped.removeAll()
        guard JSONString.unescape(token, into: unescaped) else {
            throw Self.noCiphertext(sealed.pathTexts[match.rule])
        }
        return unescaped.bytes
    }

    func checkCovered(_ match: FieldMatch, _ sealed: OpeningPart) throws(TransformError) {
        guard match.rule < sealed.keyOfField.count else {
            throw TransformError(
                .layoutMismatch,
                "this pair opens the field by name, and the layout does not seal it: it is in the clear",
                field: sealed.pathTexts[match.rule])
        }
    }

    /// Appends the plaintext of a ciphertext; false where its KEK is refused and a default value is to be put.
    private func open(
        _ text: UnsafeRawBufferPointer, _ match: FieldMatch, type: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, _ sealed: OpeningPart, with keys: OpeningKeys, by opener: FieldOpener,
        into out: OutputBuffer
    ) throws(TransformError) -> Bool {
        guard let key = try keys.opener(at: sealed.keyOfField[match.rule], for: sealed.pathTexts[match.rule]) else {
            putDefault(at: match.rule)
            return false
        }
        do throws(FieldOpener.Fault) {
            try opener.open(text, part: part.name, type: type, path: path, with: key, into: out)
        } catch {
            let field = sealed.pathTexts[match.rule]
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
