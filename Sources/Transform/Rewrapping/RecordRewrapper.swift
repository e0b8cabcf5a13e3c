public import Cryptography
public import KeyManagement
import Records

/// Copies encrypted records, with each EDEK wrapped anew: line 1 of the envelope and all data stay as they are, so that
/// every ciphertext opens as before.
///
/// Not thread-safe. An EDEK is unwrapped and wrapped once, so that calls to the KMS do not grow with records; between the
/// two its DEK lies in `SecretBytes`. The KMS is waited for within `transform`.
public final class RecordRewrapper: RecordTransform {
    private let rules: DecryptionRules
    private let service: any KeyManagementService
    private let target: KeySecretID?
    private let callMilliseconds: Int
    private let envelopes: EnvelopeReader
    private let written = HeaderList()
    /// The envelope of the record in hand, with the new keys.
    private let envelope = OutputBuffer(capacity: 1024)
    private var rewrapped: [Wrapped: [UInt8]] = [:]
    /// How many EDEKs are remembered.
    private static let mostKeys = 100_000
    private let acceptedTopics: Set<[UInt8]>

    private struct Wrapped: Hashable {
        let kek: [UInt8]
        let edek: [UInt8]
        let algorithm: Algorithm
        let topic: [UInt8]
    }

    /// How many EDEKs were wrapped anew.
    public private(set) var keys = 0
    /// The topics that the envelopes of the records so far carry, which readers of the copy must accept.
    public private(set) var topics: Set<String> = []

    /// Makes a rewrapper.
    ///
    /// - Parameters:
    ///   - rules: those of the decrypt pair: which KEKs may be asked, which topics an envelope may name, and what
    ///     happens to a record without an envelope.
    ///   - service: the pair's KMS.
    ///   - target: the KEK that takes the place of every other; nil keeps each record's own, in its newest version.
    ///   - callMilliseconds: how long one call may take.
    public init(
        rules: DecryptionRules, service: any KeyManagementService, target: KeySecretID? = nil,
        callMilliseconds: Int = 5_000
    ) {
        self.rules = rules
        self.service = service
        self.target = target
        self.callMilliseconds = callMilliseconds
        envelopes = EnvelopeReader(keks: rules.keks, choice: .init(keyFields: [], valueFields: [], headerNames: []))
        acceptedTopics = Set(rules.acceptedTopics.map { Array($0.utf8) })
    }

    /// The record with its EDEKs wrapped anew.
    ///
    /// - Throws: transiently where the KMS does not answer; for good where the record has no envelope (unless the pair
    ///   passes such on), or one that the pair may not open.
    public func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView {
        let own = try RecordHeaders(of: record)
        guard let bytes = own.envelope else {
            guard !own.isTouched else {
                throw TransformError(.malformedEnvelope, "the record has fieldseal.* headers and no envelope")
            }
            guard rules.plainPolicy == .pass else {
                throw TransformError(
                    .notEncrypted, "the record has no envelope; set onPlain: pass to copy such records as they are")
            }
            return record
        }
        return try read(bytes).use { (parsed) throws(TransformError) in try rewrap(record, bytes, parsed) }
    }

    private func rewrap(
        _ record: RecordView, _ bytes: UnsafeRawBufferPointer, _ parsed: Envelope
    ) throws(TransformError) -> RecordView {
        try checkTopic(of: parsed.shape, in: record)
        guard let feed = bytes.firstIndex(of: 0x0A) else {
            throw TransformError(.malformedEnvelope, "the envelope is not two lines")
        }
        envelope.removeAll()
        envelope.append(UnsafeRawBufferPointer(rebasing: bytes[...feed]))
        try appendKeys(of: parsed)
        guard envelope.bytes.count <= EnvelopeLayout.maximumBytes else {
            throw TransformError(.envelopeTooLarge, "with the new keys the envelope is longer than a reader accepts")
        }
        written.removeAll()
        for header in record.headers {
            let isEnvelope = HeaderName.matching(header.name) == .envelope
            written.append(isEnvelope ? HeaderView(name: header.name, value: envelope.bytes) : header)
        }
        var result = record
        result.headers = written.views
        return result
    }

    /// Nothing is waited for outside of `transform`.
    public func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool { false }

    private func read(_ bytes: UnsafeRawBufferPointer) throws(TransformError) -> Borrowed<Envelope> {
        do throws(EnvelopeError) {
            return try envelopes.read(bytes)
        } catch {
            throw TransformError(.malformedEnvelope, "the envelope is refused: \(error.message)")
        }
    }

    private func checkTopic(of shape: OpeningShape, in record: RecordView) throws(TransformError) {
        let topic = Array(shape.topic.bytes)
        guard shape.topic.bytes.equals(record.topic) || acceptedTopics.contains(topic) else {
            throw TransformError(
                .foreignTopic,
                "the envelope was written for another topic; if this topic is a copy of that one, list it in acceptTopics"
            )
        }
        topics.insert(String(decoding: topic, as: UTF8.self))
    }

    private func appendKeys(of parsed: Envelope) throws(TransformError) {
        envelope.append("[")
        for (index, key) in parsed.keys.enumerated() {
            guard key.isAllowed else {
                throw TransformError(
                    .kekNotAllowed, "the envelope names a KEK that this pair's keks do not cover; no KMS was asked")
            }
            let wrapped = Wrapped(
                kek: Array(key.kek.bytes), edek: Array(key.edek.bytes), algorithm: parsed.shape.algorithms[index],
                topic: Array(parsed.shape.topic.bytes))
            let edek = try rewrap(wrapped)
            envelope.append(index > 0 ? ",{\"kek\":" : "{\"kek\":")
            envelope.append(quoted: target.map { Array($0.text.utf8) } ?? wrapped.kek)
            envelope.append(",\"edek\":")
            envelope.append(quoted: edek)
            envelope.append("}")
        }
        envelope.append("]")
    }

    private func rewrap(_ wrapped: Wrapped) throws(TransformError) -> [UInt8] {
        if let known = rewrapped[wrapped] { return known }
        let topic = String(decoding: wrapped.topic, as: UTF8.self)
        let edek: [UInt8]
        do throws(KeyManagementError) {
            let key = try address(of: wrapped.kek)
            let dataKey = try service.unwrap(wrapped.edek, under: key, topic: topic, within: callMilliseconds)
            guard dataKey.count == wrapped.algorithm.keyLength else {
                throw .wrongKeyLength(key: key, expected: wrapped.algorithm.keyLength, found: dataKey.count)
            }
            edek = try service.wrap(dataKey, under: target ?? key, topic: topic, within: callMilliseconds)
        } catch {
            throw TransformError(error)
        }
        if rewrapped.count >= Self.mostKeys { rewrapped.removeAll() }
        rewrapped[wrapped] = edek
        keys += 1
        return edek
    }

    private func address(of kek: [UInt8]) throws(KeyManagementError) -> KeySecretID {
        do throws(KeySecretError) {
            return try KeySecretID(parsing: String(decoding: kek.prefix(KeySecretID.maximumLength + 1), as: UTF8.self))
        } catch {
            throw .invalidAddress(error)
        }
    }
}
