import Formats
import Records

/// The ciphertexts of one part that stand in a record header: concrete path to ciphertext, in the order of the walk.
///
/// Not thread-safe: a decryptor owns one. It borrows from the record in hand. Ciphertexts can only be taken in their
/// order, so that a header with very many costs no more than reading it once.
final class SealedHeaderFields {
    private let name = OutputBuffer(capacity: 256)
    private var header: UnsafeRawBufferPointer?
    private var reader: JSONStringMembers?
    private var next: JSONStringMembers.Member?

    /// Begins the header of a record; nil where it has none.
    func begin(_ header: UnsafeRawBufferPointer?) throws(FormatError) {
        self.header = header
        reader = nil
        next = nil
        guard let header else { return }
        reader = try JSONStringMembers(header)
        next = try reader?.next()
    }

    /// The text of the next ciphertext, which must be the one at `path`; nil where it is another or there is none.
    func take(_ path: UnsafeRawBufferPointer) throws(FormatError) -> UnsafeRawBufferPointer? {
        guard let header, let member = next else { return nil }
        name.removeAll()
        guard JSONString.unescape(header.bytes(in: member.key), into: name), name.bytes.equals(path) else { return nil }
        next = try reader?.next()
        return JSONString.plainContent(header.bytes(in: member.value))
    }

    /// Whether every ciphertext was taken.
    var isExhausted: Bool { next == nil }
}
