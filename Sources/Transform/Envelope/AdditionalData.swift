import Cryptography
import Records

/// The additional authenticated data of one record's ciphertexts, as docs/wire-format.md lays it out.
///
/// What all ciphertexts of a record share is put down once; each ciphertext's own end, label and path, is put behind it
/// in turn.
final class AdditionalData {
    private static let magic: StaticString = "fieldseal/1\n"
    private static let nullKeyLength: UInt32 = 0xFFFF_FFFF

    private let buffer = OutputBuffer(capacity: 512)
    private var sharedCount = 0

    /// A ciphertext's part and type, each with a line feed behind it: where its own end of the AAD begins.
    static func label(part: StaticString, type: UnsafeRawBufferPointer) -> [UInt8] {
        Array(part.rawBytes) + [UInt8(ascii: "\n")] + Array(type) + [UInt8(ascii: "\n")]
    }

    /// Where the AAD of all records with one layout begins: the magic and SHA-256 of line 1, 44 bytes.
    static func head(ofLine line: UnsafeRawBufferPointer) -> OutputBuffer {
        let head = OutputBuffer(capacity: 64)
        head.append(magic)
        SHA256.digest(line).withUnsafeBytes { head.append($0) }
        return head
    }

    /// Begins the ciphertexts of a record.
    ///
    /// - Parameters:
    ///   - head: as `head` makes it.
    ///   - boundKey: the record's key as written, where ciphertexts are bound to it.
    func begin(_ head: OutputBuffer, boundKey: BoundKey) {
        buffer.removeAll()
        buffer.append(head.bytes)
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
    @inline(__always)
    func complete(label: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        buffer.truncate(to: sharedCount)
        let end = buffer.reserve(label.count &+ path.count)
        if let start = label.baseAddress { end.copyMemory(from: start, byteCount: label.count) }
        if let start = path.baseAddress { (end + label.count).copyMemory(from: start, byteCount: path.count) }
        buffer.commit(label.count &+ path.count)
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
