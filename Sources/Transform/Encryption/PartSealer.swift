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
    private let fieldLabel: OutputBuffer
    private let payloadLabel: OutputBuffer

    let finder = FieldFinder()
    /// The new bytes of an Avro payload's matches, and where each match's end.
    private let replacements = OutputBuffer(capacity: 2048)
    private let replacementEnds = PlainList<Int>(capacity: 32)
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
        fieldLabel = part.label(of: FieldFinder.jsonType)
        payloadLabel = part.label(of: FieldFinder.payloadType)
    }

    /// Looks at the part of a record, and finds the fields in it.
    ///
    /// - Returns: the part's form, which lives until the next record.
    func begin(_ payload: UnsafeRawBufferPointer?, now: Int64) throws(TransformError) -> Borrowed<PartForm> {
        guard let payload else {
            if let requiredField { throw Self.missing(requiredField) }
            return Borrowed(forms.absent)
        }
        let borrowed = try forms.form(of: payload, now: now)
        return try borrowed.use { (form) throws(TransformError) in
            guard let reading = form.plan?.reading else { return borrowed }
            let carriesAll = try find(in: payload, by: reading, as: form)
            if form.requiresFields { try checkPresence(by: reading, form: form) }
            return carriesAll || !form.isSealed ? borrowed : try withOriginal(form)
        }
    }

    /// Finds the fields.
    ///
    /// - Returns: whether what they were found in gives every byte of the payload back.
    private func find(
        in payload: UnsafeRawBufferPointer, by reading: FieldPlan.Reading, as form: PartForm
    ) throws(TransformError) -> Bool {
        do throws(FormatError) {
            guard case .converted(let shape) = reading else {
                try finder.find(in: payload, by: reading)
                return true
            }
            let carriesAll = try shape.use { (shape) throws(FormatError) in try converter.convert(payload, by: shape) }
            try finder.find(in: converter.text.bytes, by: reading)
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
        guard let reading = form.plan?.reading else {
            throw TransformError(.internalError, "fields are to be sealed and no plan finds them")
        }
        switch reading {
        case .json: try sealJSON(payload, by: reading, as: form, under: keys, by: sealer)
        case .converted:
            try sealJSON(converter.text.bytes, by: reading, as: form, under: keys, by: sealer)
            if let slot = form.originalSlot { try sealOriginal(payload, under: keys.sealer(at: slot), by: sealer) }
        case .avro(let shape):
            try shape.use { (shape) throws(TransformError) in
                try sealAvro(payload, shape, by: reading, as: form, under: keys, by: sealer)
            }
        }
        return output.bytes
    }

    /// The value of the header with this part's ciphertexts that can't stand in it; nil where there are none.
    func endHeader() -> UnsafeRawBufferPointer? { sealedFields.end() }

    /// The value of the header with the sealed original; nil where the part has none.
    func endOriginal() -> UnsafeRawBufferPointer? { hasOriginal ? original.bytes : nil }

    private func withOriginal(_ form: PartForm) throws(TransformError) -> Borrowed<PartForm> {
        if let other = form.withOriginal { return Borrowed(other) }
        throw TransformError(
            .payloadRefused,
            "the \(part.name) is encoded in a way that its JSON text does not give back, and its fields have several keys: "
                + "the original could be sealed beside them under one key only")
    }

    private func checkPresence(by reading: FieldPlan.Reading, form: PartForm) throws(TransformError) {
        isPresent.removeAll(keepingCapacity: true)
        for _ in form.rules { isPresent.append(false) }
        for match in finder.matches(by: reading) where match.rule < isPresent.count { isPresent[match.rule] = true }
        for (index, rule) in form.rules.enumerated() where rule.isRequired && !isPresent[index] {
            throw Self.missing(form.pathTexts[index])
        }
    }

    private static func missing(_ field: String) -> TransformError {
        TransformError(.fieldMissing, "the field is required and is missing or null", field: field)
    }

    private func sealWhole(
        _ payload: UnsafeRawBufferPointer, _ compression: Compression, under key: Borrowed<Sealer>,
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
                plaintext, label: payloadLabel.bytes, path: FieldFinder.noPath, under: key, into: output)
        } catch {
            throw TransformError(error, field: nil)
        }
    }

    private func sealOriginal(
        _ payload: UnsafeRawBufferPointer, under key: Borrowed<Sealer>, by sealer: FieldSealer
    ) throws(TransformError) {
        original.removeAll()
        do throws(CryptographyError) {
            try sealer.sealWhole(
                payload, label: payloadLabel.bytes, path: FieldFinder.originalPath.rawBytes, under: key,
                into: original)
        } catch {
            throw TransformError(error, field: nil)
        }
        hasOriginal = true
    }

    private func sealJSON(
        _ payload: UnsafeRawBufferPointer, by reading: FieldPlan.Reading, as form: PartForm, under keys: SealingKeys,
        by sealer: FieldSealer
    ) throws(TransformError) {
        var copied = 0
        for match in finder.matches(by: reading) where match.rule < form.ruleCount {
            output.append(payload.bytes(in: copied..<match.token.lowerBound))
            output.append(UInt8(ascii: "\""))
            try seal(
                payload.bytes(in: match.content), by: match.rule, label: fieldLabel.bytes,
                path: finder.path(match.path, by: reading), as: form, under: keys, by: sealer, into: output)
            output.append(UInt8(ascii: "\""))
            copied = match.token.upperBound
        }
        output.append(payload.bytes(in: copied..<payload.count))
    }

    private func sealAvro(
        _ payload: UnsafeRawBufferPointer, _ shape: AvroShape, by reading: FieldPlan.Reading, as form: PartForm,
        under keys: SealingKeys, by sealer: FieldSealer
    ) throws(TransformError) {
        let datum = FieldFinder.datum(of: payload, by: shape)
        let ruleCount = form.ruleCount
        replacements.removeAll()
        replacementEnds.removeAll()
        for match in finder.matches(by: reading) {
            let content = datum.bytes(in: match.content)
            let path = finder.path(match.path, by: reading)
            let label = shape.labels[match.type]
            if match.rule >= ruleCount {
                replacements.append(content)
            } else if match.placement == .inline {
                try seal(
                    content, by: match.rule, label: label, path: path, as: form, under: keys, by: sealer,
                    into: replacements)
            } else {
                sealedFields.path(path)
                try seal(
                    content, by: match.rule, label: label, path: path, as: form, under: keys, by: sealer,
                    into: sealedFields.text)
                shape.plan.appendPlaceholder(ofType: match.type, to: replacements)
            }
            replacementEnds.append(replacements.count)
        }
        finder.splice(
            payload, by: shape, ends: replacementEnds.views, of: replacements.bytes, into: output)
    }

    private func seal(
        _ content: UnsafeRawBufferPointer, by rule: Int, label: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, as form: PartForm, under keys: SealingKeys, by sealer: FieldSealer,
        into out: OutputBuffer
    ) throws(TransformError) {
        let key = try keys.sealer(at: form.slots[rule])
        do throws(CryptographyError) {
            try sealer.seal(content, label: label, path: path, under: key, into: out)
        } catch {
            throw TransformError(error, field: form.pathTexts[rule])
        }
    }
}
