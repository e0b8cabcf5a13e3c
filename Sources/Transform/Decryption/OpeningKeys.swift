import Cryptography
import KeyManagement
import Records

/// The DEKs that one record's ciphertexts are opened with, each unwrapped only when a ciphertext needs it.
///
/// Not thread-safe: a decryptor owns one.
final class OpeningKeys {
    private let reader: DataKeyReader
    private var envelope: Envelope?
    private var openers: [Opener?] = []
    /// Which openers were asked for in the record in hand: those serve it to its end, even where a key is for one record.
    private var isInUse: [Bool] = []
    private var now: Int64 = 0

    init(reader: DataKeyReader) {
        self.reader = reader
    }

    /// Begins a record that carries `envelope`.
    func begin(_ envelope: Envelope, now: Int64) {
        self.now = now
        if self.envelope === envelope {
            for index in isInUse.indices { isInUse[index] = false }
            return
        }
        self.envelope = envelope
        openers.removeAll(keepingCapacity: true)
        isInUse.removeAll(keepingCapacity: true)
        for _ in envelope.keys {
            openers.append(nil)
            isInUse.append(false)
        }
    }

    /// The DEK at `index` of the envelope's keys, for a ciphertext of the field `rule`.
    func opener(at index: Int, for rule: Int) throws(TransformError) -> Opener {
        if let known = openers[index], isInUse[index] || known.isCurrent(now: now) {
            isInUse[index] = true
            return known
        }
        return try unwrapped(at: index, field: envelope?.shape.pathTexts[rule])
    }

    private func unwrapped(at index: Int, field: String?) throws(TransformError) -> Opener {
        guard let envelope else { throw TransformError(.internalError, "a key was asked for before its record") }
        guard envelope.keys[index].isAllowed else {
            throw TransformError(
                .kekNotAllowed, "the envelope names a KEK that this pair's keks do not cover; no KMS was asked",
                field: field)
        }
        let entry = envelope.keys[index]
        do throws(KeyManagementError) {
            let opener = try unwrap(entry, algorithm: envelope.shape.layout.algorithms[index], of: envelope)
            openers[index] = opener
            isInUse[index] = true
            return opener
        } catch {
            var failure = TransformError(error)
            failure.field = field
            throw failure
        }
    }

    private func unwrap(
        _ entry: Envelope.Key, algorithm: Algorithm, of envelope: Envelope
    ) throws(KeyManagementError) -> Opener {
        try reader.opener(
            kek: entry.kek.bytes, edek: entry.edek.bytes, algorithm: algorithm, topic: envelope.shape.topic.bytes,
            now: now)
    }

    /// Waits for a data key.
    func obtain(_ request: DataKeyRequest, within milliseconds: Int) -> Bool {
        reader.obtain(request, within: milliseconds)
    }
}
