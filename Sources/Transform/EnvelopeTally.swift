import Cryptography
import KeyManagement
import Records

/// Counts records by the keys that their envelopes name, without asking a KMS; not thread-safe.
public final class EnvelopeTally {
    /// A KEK as envelopes name it, with the algorithm of the data keys it wraps.
    public struct Key: Hashable, Sendable {
        /// The KEK's address; nil where the text is none.
        public var kek: KeySecretID?
        /// The KEK's version, where the wrapped key shows it, such as `v2` of Vault.
        public var version: String?
        /// The algorithm.
        public var algorithm: Algorithm
    }

    /// Records in all.
    public private(set) var records = 0
    /// Records without an envelope.
    public private(set) var plain = 0
    /// Records whose envelope can't be read.
    public private(set) var unreadable = 0
    /// Records whose envelope names no key, such as tombstones.
    public private(set) var keyless = 0
    /// Keys beyond the first `maximumKeys` that were met, in records.
    public private(set) var uncounted = 0

    /// So many keys are told apart.
    public static let maximumKeys = 100_000

    private var counts: [Key: Int] = [:]
    private let lastBytes = OutputBuffer(capacity: 1024)
    private var lastKeys: Set<Key>?

    /// Makes an empty tally.
    public init() {}

    /// Counts a record, once for each key that its envelope names.
    public func add(_ record: RecordView) {
        records += 1
        let envelopes = record.headers.filter { HeaderName.matching($0.name) == .envelope }
        guard let first = envelopes.first else {
            plain += 1
            return
        }
        guard envelopes.count == 1, let bytes = first.value, let keys = keys(of: bytes) else {
            unreadable += 1
            return
        }
        if keys.isEmpty { keyless += 1 }
        for key in keys {
            if let count = counts[key] {
                counts[key] = count + 1
            } else if counts.count < Self.maximumKeys {
                counts[key] = 1
            } else {
                uncounted += 1
            }
        }
    }

    /// The keys with their records, those with the most first.
    public var rows: [(key: Key, records: Int)] {
        counts.map { (key: $0.key, records: $0.value) }.sorted {
            ($1.records, $0.key.kek?.text ?? "", $0.key.version ?? "", $0.key.algorithm.rawValue)
                < ($0.records, $1.key.kek?.text ?? "", $1.key.version ?? "", $1.key.algorithm.rawValue)
        }
    }

    /// Nil where the envelope can't be read.
    private func keys(of bytes: UnsafeRawBufferPointer) -> Set<Key>? {
        // Consecutive records mostly carry the same envelope.
        if let lastKeys, lastBytes.bytes.equals(bytes) { return lastKeys }
        guard let keys = try? Self.parse(bytes) else { return nil }
        lastBytes.removeAll()
        lastBytes.append(bytes)
        lastKeys = keys
        return keys
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) throws(EnvelopeError) -> Set<Key> {
        guard bytes.count <= EnvelopeLayout.maximumBytes, let feed = bytes.firstIndex(of: 0x0A) else {
            throw EnvelopeError("it is not two lines, or too long")
        }
        let layout = try EnvelopeLayout(parsing: UnsafeRawBufferPointer(rebasing: bytes[..<feed]))
        let keys = try EnvelopeKeys(
            parsing: UnsafeRawBufferPointer(rebasing: bytes[(feed + 1)...]), count: layout.algorithms.count)
        return Set(
            zip(keys.entries, layout.algorithms).map { entry, algorithm in
                let kek = entry.kek.withUnsafeBytes { try? KeySecretID(parsing: $0) }
                return Key(
                    kek: kek, version: kek.flatMap { WrappedKeyVersion.text(of: entry.edek, provider: $0.provider) },
                    algorithm: algorithm)
            })
    }
}
