import Cryptography
import Records

/// The additional authenticated data of one record's ciphertexts, as docs/wire-format.md lays it out.
///
/// The part that all ciphertexts of a record share is put down once; each ciphertext's own end is put behind it in turn.
final class AdditionalData {
    private static let magic: StaticString = "fieldseal/1\n"
    private static let nullKeyLength: UInt32 = 0xFFFF_FFFF

    private let buffer = OutputBuffer(capacity: 512)
    private var sharedCount = 0

    /// Begins the ciphertexts of a record.
    ///
    /// - Parameters:
    ///   - layoutHash: SHA-256 of line 1, 32 bytes.
    ///   - boundKey: the record's key as written, where ciphertexts are bound to it.
    func begin(layoutHash: UnsafeRawBufferPointer, boundKey: BoundKey) {
        buffer.removeAll()
        buffer.append(Self.magic)
        buffer.append(layoutHash)
        switch boundKey {
        case .unbound: break
        case .null: appendBigEndian(Self.nullKeyLength)
        case .key(let key):
            // Kafka's own limit keeps a key below 2^31 bytes.
            appendBigEndian(UInt32(truncatingIfNeeded: key.count))
            buffer.append(key)
        }
        sharedCount = buffer.count
    }

    /// Ends it for one ciphertext; the result is valid until the next call.
    func complete(
        part: StaticString, type: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        buffer.truncate(to: sharedCount)
        buffer.append(part)
        buffer.append(UInt8(ascii: "\n"))
        buffer.append(type)
        buffer.append(UInt8(ascii: "\n"))
        buffer.append(path)
        return buffer.bytes
    }

    private func appendBigEndian(_ number: UInt32) {
        withUnsafeBytes(of: number.bigEndian) { buffer.append($0) }
    }

    /// What of the record's key is bound.
    enum BoundKey {
        case unbound
        case null
        case key(UnsafeRawBufferPointer)

        init(_ key: UnsafeRawBufferPointer?, isBound: Bool) {
            guard isBound else {
                self = .unbound
                return
            }
            self = key.map { .key($0) } ?? .null
        }
    }
}
