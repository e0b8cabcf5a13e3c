import Cryptography
import KeyManagement
import Records

/// What the records of one shape have in common: how their fields are found, and the envelope they carry.
///
/// Not thread-safe: an encryptor owns its shapes.
final class SealingShape {
    /// How fields are found; nil where there is no payload to look into.
    let plan: FieldFinder.Plan?
    /// SHA-256 of line 1, 32 bytes.
    let layoutHash: SHA256Digest

    private let layoutLine: [UInt8]
    private let envelope = OutputBuffer(capacity: 1024)
    private var identities: [UInt64] = []

    /// Throws where line 1 alone is longer than an envelope may be.
    init(layout: EnvelopeLayout, plan: FieldFinder.Plan?) throws(TransformError) {
        layoutLine = layout.encoded()
        guard layoutLine.count < EnvelopeLayout.maximumBytes, layout.algorithms.count <= EnvelopeLayout.maximumKeys
        else { throw Self.tooLarge }
        layoutHash = layoutLine.withUnsafeBytes { SHA256.digest($0) }
        self.plan = plan
    }

    /// The envelope of a record sealed under `sealers`; valid until the next call.
    ///
    /// It is written anew only when a DEK has changed since the last record of this shape.
    func envelope(for sealers: [Sealer]) throws(TransformError) -> UnsafeRawBufferPointer {
        if !isWritten(for: sealers) { try write(for: sealers) }
        return envelope.bytes
    }

    private func isWritten(for sealers: [Sealer]) -> Bool {
        guard envelope.count > 0, identities.count == sealers.count else { return false }
        for index in sealers.indices where identities[index] != sealers[index].identity { return false }
        return true
    }

    private func write(for sealers: [Sealer]) throws(TransformError) {
        envelope.removeAll()
        identities.removeAll(keepingCapacity: true)
        envelope.append(layoutLine)
        envelope.append("\n[")
        for (index, sealer) in sealers.enumerated() {
            envelope.append(index > 0 ? ",{\"kek\":" : "{\"kek\":")
            envelope.append(quoted: sealer.kek)
            envelope.append(",\"edek\":")
            envelope.append(quoted: sealer.edek)
            envelope.append("}")
            identities.append(sealer.identity)
        }
        envelope.append("]")
        guard envelope.count <= EnvelopeLayout.maximumBytes else {
            envelope.removeAll()
            throw Self.tooLarge
        }
    }

    private static let tooLarge = TransformError(
        .envelopeTooLarge,
        "the envelope would have more than \(EnvelopeLayout.maximumBytes) bytes or \(EnvelopeLayout.maximumKeys) keys; "
            + "list fewer fields or fewer keys in one pair")
}
