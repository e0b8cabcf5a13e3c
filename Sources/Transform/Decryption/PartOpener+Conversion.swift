import Cryptography
import Formats
import KeyManagement
import Records

/// Parts that became JSON text.
extension PartOpener {
    /// Whether earlier decryptors have left nothing sealed, so that the part is in its own format again.
    static func isRestored(_ states: [FieldState]) -> Bool {
        !states.isEmpty && states.allSatisfy { $0 == .isOpened || $0 == .isDefaulted }
    }

    /// Checks the framing of a part in its own format, and looks in it for fields that the pair opens by name and the
    /// layout does not seal.
    func checkRestored(
        _ payload: UnsafeRawBufferPointer, by shape: ConvertedShape, _ reading: FieldPlan.Reading,
        of sealed: OpeningPart
    ) throws(TransformError) {
        // Nothing vouches for a part that somebody says to have opened: not even for its length.
        guard shape.frames(payload) else {
            throw TransformError(
                .layoutMismatch,
                "the \(part.name) is said to be opened, and is not in the framing that its layout tells")
        }
        guard sealed.paths.count > sealed.keyOfField.count else { return }
        do throws(FormatError) {
            _ = try converter.convert(payload, by: shape)
            try finder.find(in: converter.text.bytes, by: reading)
        } catch {
            throw TransformError(error, in: part, rules: sealed.pathTexts)
        }
        for match in finder.matches(by: reading) { try checkCovered(match.rule, sealed) }
    }

    /// The part in its own format, once nothing of it stays sealed; until then the text in `output`.
    func restore(
        by shape: ConvertedShape, of sealed: OpeningPart, _ states: [FieldState],
        original: UnsafeRawBufferPointer?, with keys: OpeningKeys, by opener: FieldOpener
    ) throws(TransformError) -> UnsafeRawBufferPointer {
        guard (sealed.originalKey == nil) == (original == nil) else {
            throw TransformError(
                .layoutMismatch, "the record lacks the header with the sealed original that its layout calls for")
        }
        guard !states.contains(.staysSealed) else {
            remainingOriginal = original
            return output.bytes
        }
        if let original, let index = sealed.originalKey {
            guard states.contains(.isDefaulted) || hasDefaults else {
                return try openOriginal(original, at: index, with: keys, by: opener)
            }
            remainingOriginal = original
        }
        do throws(FormatError) {
            return try converter.restore(output.bytes, by: shape)
        } catch {
            throw TransformError(error, in: part, rules: [])
        }
    }

    private func openOriginal(
        _ ciphertext: UnsafeRawBufferPointer, at index: Int, with keys: OpeningKeys, by opener: FieldOpener
    ) throws(TransformError) -> UnsafeRawBufferPointer {
        guard let key = try keys.opener(at: index, for: 0, of: WholePayload()) else {
            throw TransformError(.keyRefused, "the KMS refuses the key of the sealed original")
        }
        output.removeAll()
        do throws(CryptographyError) {
            try opener.openWhole(
                ciphertext, label: payloadLabel.bytes, path: FieldFinder.originalPath.rawBytes, with: key,
                into: output)
        } catch {
            throw TransformError(error, field: nil)
        }
        return output.bytes
    }
}
