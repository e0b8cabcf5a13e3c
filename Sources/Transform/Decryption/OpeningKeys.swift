import Cryptography
import KeyManagement
import Records

/// What names the fields that errors tell of.
///
/// Asked only for an error: to hand every field's name on would count its references.
protocol FieldNames {
    /// The name of one of them; nil where there is none to tell.
    func fieldName(at index: Int) -> String?
}

/// A payload that is sealed whole: no field of it is at fault.
struct WholePayload: FieldNames {
    func fieldName(at index: Int) -> String? { nil }
}

/// The DEKs that one record's ciphertexts are opened with, each unwrapped only when a ciphertext needs it.
///
/// Not thread-safe: a decryptor owns one.
final class OpeningKeys {
    private enum Standing {
        /// Not asked for in the record in hand.
        case unused
        /// It serves the record in hand to its end, even where a key is for one record.
        case inUse
        /// The KMS refuses or lacks its KEK.
        case refused
    }

    private let reader: DataKeyReader
    private let toleratesRefusal: Bool
    private var envelope: Envelope?
    private var openers: [Opener?] = []
    // The same, kept alive by `openers`. Plain memory and no array, so that opening counts no references.
    private let table = UnsafeMutablePointer<Borrowed<Opener>?>.allocate(capacity: EnvelopeLayout.maximumKeys)
    private var standings: [Standing] = []
    private var now: Int64 = 0
    /// Why a KEK was refused last.
    private(set) var refusal: TransformError?
    /// Whether a KEK was refused in the record in hand.
    private(set) var hasRefusal = false

    /// - Parameter toleratesRefusal: whether a KEK that the KMS refuses or lacks is no error.
    init(reader: DataKeyReader, toleratesRefusal: Bool) {
        self.reader = reader
        self.toleratesRefusal = toleratesRefusal
    }

    deinit {
        table.deallocate()
    }

    /// Begins a record that carries `envelope`.
    func begin(_ envelope: Envelope, now: Int64) {
        self.now = now
        hasRefusal = false
        if self.envelope === envelope {
            for index in standings.indices { standings[index] = .unused }
            return
        }
        self.envelope = envelope
        openers.removeAll(keepingCapacity: true)
        standings.removeAll(keepingCapacity: true)
        for index in envelope.keys.indices {
            (table + index).initialize(to: nil)
            openers.append(nil)
            standings.append(.unused)
        }
    }

    /// The DEK at `index` of the envelope's keys; nil where the KMS refuses or lacks its KEK and that is tolerated.
    ///
    /// It lives until the record's end.
    ///
    /// - Parameters:
    ///   - name: which of `names` an error is to tell.
    ///   - names: what names it.
    @inline(__always)
    func opener(
        at index: Int, for name: Int, of names: some FieldNames
    ) throws(TransformError) -> Borrowed<Opener>? {
        if standings[index] == .inUse, let known = table[index] { return known }
        return try begunOpener(at: index, for: name, of: names)
    }

    private func begunOpener(
        at index: Int, for name: Int, of names: some FieldNames
    ) throws(TransformError) -> Borrowed<Opener>? {
        if standings[index] == .refused { return nil }
        if let known = table[index], known.use({ $0.isCurrent(now: now) }) {
            standings[index] = .inUse
            return known
        }
        return try unwrapped(at: index, field: names.fieldName(at: name))
    }

    private func unwrapped(at index: Int, field: String?) throws(TransformError) -> Borrowed<Opener>? {
        guard let envelope else { throw TransformError(.internalError, "a key was asked for before its record") }
        let entry = envelope.keys[index]
        guard entry.isAllowed else {
            throw TransformError(
                .kekNotAllowed, "the envelope names a KEK that this pair's keks do not cover; no KMS was asked",
                field: field)
        }
        do throws(KeyManagementError) {
            let opener = try reader.opener(
                kek: entry.kek.bytes, edek: entry.edek.bytes, algorithm: envelope.shape.algorithms[index],
                topic: envelope.shape.topic.bytes, now: now)
            openers[index] = opener
            table[index] = Borrowed(opener)
            standings[index] = .inUse
            return table[index]
        } catch {
            let failure = TransformError(error).of(field: field)
            guard toleratesRefusal, error.isRefusal else { throw failure }
            standings[index] = .refused
            refusal = failure
            hasRefusal = true
            return nil
        }
    }

    /// Lets go of the DEKs whose time is over.
    func releaseExpired(now: Int64) {
        for (index, opener) in openers.enumerated() where opener?.isOver(now: now) == true {
            // What the table has is alive only as long as `openers` holds it.
            table[index] = nil
            standings[index] = .unused
            openers[index] = nil
        }
        reader.releaseExpired(now: now)
    }

    /// Waits for a data key.
    func obtain(_ request: DataKeyRequest, within milliseconds: Int) -> Bool {
        reader.obtain(request, within: milliseconds)
    }
}
