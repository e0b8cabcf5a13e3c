import Cryptography
import Formats
import KeyManagement
import Records

/// Seals one part of each record, the key or the value: whole, or some of its fields, or nothing.
///
/// Not thread-safe: an encryptor owns one for each part. What it gives is valid until the next record.
final class PartSealer {
    private let part: RecordPart
    private let forms: PartForms
    private let requiredField: String?

    let finder = FieldFinder()
    private let replacements = ReplacementList()
    private let sealedFields = SealedHeaderWriter()
    private let converter = PayloadConverter()
    private let original = OutputBuffer(capacity: 64)
    private var hasOriginal = false
    private let output = OutputBuffer(capacity: 4096)
    private let compressor = PayloadCompressor()
    private let compressed = OutputBuffer(capacity: 64)
    private var isPresent: [Bool] = []

    init(_ part: RecordPart, forms: PartForms, rule: PartRule) {
        self.part = part
        self.forms = forms
        requiredField = rule.fields.first(where: \.isRequired)?.path.description
    }

    /// Looks at the part of a record, and finds the fields in it.
    func begin(_ payload: UnsafeRawBufferPointer?, now: Int64) throws(TransformError) -> PartForm {
        guard let payload else {
            if let requiredField { throw Self.missing(requiredField) }
            return forms.absent
        }
        let form = try forms.form(of: payload, now: now)
        guard let plan = form.plan else { return form }
        let carriesAll = try find(in: payload, by: plan, as: form)
        if form.requiresFields { try checkPresence(by: plan, form: form) }
        return carriesAll || !form.isSealed ? form : try withOriginal(form)
    }

    /// Finds the fields.
    ///
    /// - Returns: whether what they were found in gives every byte of the payload back.
    private func find(
        in payload: UnsafeRawBufferPointer, by plan: FieldFinder.Plan, as form: PartForm
    ) throws(TransformError) -> Bool {
        do throws(FormatError) {
            guard case .converted(let shape) = plan else {
                try finder.find(in: payload, by: plan)
                return true
            }
            let carriesAll = try converter.convert(payload, by: shape)
            try finder.find(in: converter.text.bytes, by: plan)
            return carriesAll
        } catch {
            throw TransformError(error, in: part, rules: form.pathTexts)
        }
    }

    /// The part as it is written, everything sealed that the form says.
    ///
    /// - Parameters:
    ///   - payload: what `begin` was given.
    ///   - form: what `begin` has returned.
    ///   - keys: the keys of the record, resolved for this form.
    ///   - sealer: begun with this record.
    func seal(
        _ payload: UnsafeRawBufferPointer?, as form: PartForm, under keys: SealingKeys, by sealer: FieldSealer
    ) throws(TransformError) -> UnsafeRawBufferPointer? {
        sealedFields.begin()
        hasOriginal = false
        guard let payload, form.isSealed else { return payload }
        output.removeAll()
        if let compression = form.compression {
            try sealWhole(payload, compression, under: keys.sealer(at: form.slots[0]), by: sealer)
            return output.bytes
        }
        switch form.plan {
        case .json(let plan): try sealJSON(payload, by: .json(plan), as: form, under: keys, by: sealer)
        case .avro(let shape): try sealAvro(payload, shape, as: form, under: keys, by: sealer)
        case .converted(let shape):
            try sealJSON(converter.text.bytes, by: .converted(shape), as: form, under: keys, by: sealer)
            if let slot = form.originalSlot { try sealOriginal(payload, under: keys.sealer(at: slot), by: sealer) }
        case nil: throw TransformError(.internalError, "fields are to be sealed and no plan finds them")
        }
        return output.bytes
    }

    /// The value of the header with this part's ciphertexts that can't stand in it; nil where there are none.
    func endHeader() -> UnsafeRawBufferPointer? { sealedFields.end() }

    /// The value of the header with the sealed original; nil where the part has none.
    func endOriginal() -> UnsafeRawBufferPointer? { hasOriginal ? original.bytes : nil }

    private func withOriginal(_ form: PartForm) throws(TransformError) -> PartForm {
        if let other = form.withOriginal { return other }
        throw TransformError(
            .payloadRefused,
            "the \(part.name) is encoded in a way that its JSON text does not give back, and its fields have several keys: "
                + "the original could be sealed beside them under one key only")
    }

    private func checkPresence(by plan: FieldFinder.Plan, form: PartForm) throws(TransformError) {
        isPresent.removeAll(keepingCapacity: true)
        for _ in form.rules { isPresent.append(false) }
        for match in finder.matches(by: plan) where match.rule < isPresent.count { isPresent[match.rule] = true }
        for (index, rule) in form.rules.enumerated() where rule.isRequired && !isPresent[index] {
            throw Self.missing(form.pathTexts[index])
        }
    }

    private static func missing(_ field: String) -> TransformError {
        TransformError(.fieldMissing, "the field is required and is missing or null", field: field)
    }

    private func sealWhole(
        _ payload: UnsafeRawBufferPointer, _ compression: Compression, under key: Unmanaged<Sealer>,
        by sealer: FieldSealer
    ) throws(TransformError) {
        var plaintext = payload
        if compression != .none {
            compressed.removeAll()
            do throws(CompressionError) {
                try compressor.compress(payload, by: compression, into: compressed)
            } catch {
                throw TransformError(.internalError, "\(error)")
            }
            plaintext = compressed.bytes
        }
        do throws(CryptographyError) {
            try sealer.sealWhole(
                plaintext, part: part.name, type: FieldFinder.payloadType.rawBytes, path: FieldFinder.noPath,
                under: key, into: output)
        } catch {
            throw TransformError(error, field: nil)
        }
    }

    private func sealOriginal(
        _ payload: UnsafeRawBufferPointer, under key: Unmanaged<Sealer>, by sealer: FieldSealer
    ) throws(TransformError) {
        original.removeAll()
        do throws(CryptographyError) {
            try sealer.sealWhole(
                payload, part: part.name, type: FieldFinder.payloadType.rawBytes,
                path: FieldFinder.originalPath.rawBytes, under: key, into: original)
        } catch {
            throw TransformError(error, field: nil)
        }
        hasOriginal = true
    }

    private func sealJSON(
        _ payload: UnsafeRawBufferPointer, by plan: FieldFinder.Plan, as form: PartForm, under keys: SealingKeys,
        by sealer: FieldSealer
    ) throws(TransformError) {
        var copied = 0
        for match in finder.matches(by: plan) where match.rule < form.rules.count {
            output.append(payload.bytes(in: copied..<match.token.lowerBound))
            output.append(UInt8(ascii: "\""))
            try seal(
                payload.bytes(in: match.content), of: match, type: FieldFinder.jsonType.rawBytes,
                path: finder.jsonPath(of: match), as: form, under: keys, by: sealer, into: output)
            output.append(UInt8(ascii: "\""))
            copied = match.token.upperBound
        }
        output.append(payload.bytes(in: copied..<payload.count))
    }

    private func sealAvro(
        _ payload: UnsafeRawBufferPointer, _ shape: AvroShape, as form: PartForm, under keys: SealingKeys,
        by sealer: FieldSealer
    ) throws(TransformError) {
        let datum = FieldFinder.datum(of: payload, by: shape)
        let storage = replacements.storage
        let ruleCount = form.rules.count
        replacements.begin()
        for match in finder.matches(by: .avro(shape)) {
            let content = datum.bytes(in: match.content)
            let path = finder.avroPath(of: match)
            let type = shape.typeNames[match.type]
            if match.rule >= ruleCount {
                storage.append(content)
            } else if match.placement == .inline {
                try seal(content, of: match, type: type, path: path, as: form, under: keys, by: sealer, into: storage)
            } else {
                sealedFields.path(path)
                try seal(
                    content, of: match, type: type, path: path, as: form, under: keys, by: sealer,
                    into: sealedFields.text)
                shape.plan.appendPlaceholder(for: match, to: storage)
            }
            replacements.end()
        }
        finder.splice(payload, by: shape, replacements: replacements, into: output)
    }

    private func seal(
        _ content: UnsafeRawBufferPointer, of match: FieldMatch, type: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, as form: PartForm, under keys: SealingKeys, by sealer: FieldSealer,
        into out: OutputBuffer
    ) throws(TransformError) {
        let key = try keys.sealer(at: form.slots[match.rule])
        do throws(CryptographyError) {
            try sealer.seal(content, part: part.name, type: type, path: path, under: key, into: out)
        } catch {
            throw TransformError(error, field: form.pathTexts[match.rule])
        }
    }
}
