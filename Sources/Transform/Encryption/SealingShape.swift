import Cryptography
import KeyManagement
import Records

/// What the records of one shape have in common: the envelope they carry.
///
/// Not thread-safe: an encryptor owns its shapes.
final class SealingShape {
    /// Where the AAD of its records begins.
    let aadHead: OutputBuffer
    /// The slots of `SealingKeys` that it needs, in the order of the layout's `algs`.
    ///
    /// Plain memory and no array, so that a record counts no references; it lives as long as the shape.
    let slots: UnsafeBufferPointer<Int>

    private let layoutLine: [UInt8]
    private let envelope = OutputBuffer(capacity: 1024)
    private var identities: [UInt64] = []
    /// The keys' when the envelope was looked at last.
    private var generation = 0

    /// Throws where line 1 alone is longer than an envelope may be.
    init(layout: EnvelopeLayout, slots: [Int]) throws(TransformError) {
        layoutLine = layout.encoded()
        guard layoutLine.count < EnvelopeLayout.maximumBytes, layout.algorithms.count <= EnvelopeLayout.maximumKeys
        else { throw Self.tooLarge }
        aadHead = layoutLine.withUnsafeBytes { AdditionalData.head(ofLine: $0) }
        self.slots = UnsafeBufferPointer(start: UnsafePointer(copying: slots), count: slots.count)
    }

    deinit {
        slots.deallocate()
    }

    /// The envelope of a record sealed under `keys`, which are resolved for it; valid until the next call.
    ///
    /// It is written anew only when a DEK has changed since the last record of this shape.
    func envelope(for keys: SealingKeys) throws(TransformError) -> UnsafeRawBufferPointer {
        if generation != keys.generation || envelope.count == 0 {
            if try !isWritten(for: keys) { try write(for: keys) }
            generation = keys.generation
        }
        return envelope.bytes
    }

    private func isWritten(for keys: SealingKeys) throws(TransformError) -> Bool {
        guard envelope.count > 0 else { return false }
        for index in slots.indices {
            let identity = try keys.sealer(at: slots[index]).use { $0.identity }
            if identity != identities[index] { return false }
        }
        return true
    }

    private func write(for keys: SealingKeys) throws(TransformError) {
        envelope.removeAll()
        identities.removeAll(keepingCapacity: true)
        envelope.append(layoutLine)
        envelope.append("\n[")
        for (index, slot) in slots.enumerated() {
            try keys.sealer(at: slot).use { sealer in
                envelope.append(index > 0 ? ",{\"kek\":" : "{\"kek\":")
                envelope.append(quoted: sealer.kek)
                envelope.append(",\"edek\":")
                envelope.append(quoted: sealer.edek)
                envelope.append("}")
                identities.append(sealer.identity)
            }
        }
        envelope.append("]")
        guard envelope.count <= EnvelopeLayout.maximumBytes else {
            envelope.removeAll()
            throw Self.tooLarge
        }
    }

    /// What the rules and the record ask for does not fit an envelope.
    static let tooLarge = TransformError(
        .envelopeTooLarge,
        "the envelope would have more than \(EnvelopeLayout.maximumBytes) bytes or \(EnvelopeLayout.maximumKeys) keys; "
            + "list fewer fields, headers or keys in one pair")
}
