import Cryptography
import KeyManagement
import Records

/// Opens ciphertexts: those of fields, which stand as text, and those of whole payloads and headers, which are bytes.
///
/// Not thread-safe: a decryptor owns one, with the scratch space it needs.
final class FieldOpener {
    /// What a ciphertext's text can be wrong in, besides its tag.
    enum Fault: Error {
        case notBase64
        case badPadding
        case cryptography(CryptographyError)
    }

    private let ciphertext = OutputBuffer(capacity: 1024)
    private let additionalData = AdditionalData()
    private var pad = 0

    /// Begins the ciphertexts of one record that are bound alike.
    func begin(_ head: OutputBuffer, boundKey: AdditionalData.BoundKey, pad: Int) {
        additionalData.begin(head, boundKey: boundKey)
        self.pad = pad
    }

    /// Opens the ciphertext whose base64 is `text` and appends the plaintext to `out`; on failure `out` is as it was.
    ///
    /// - Parameters:
    ///   - label: as `AdditionalData.label` makes it.
    ///   - path: the field's concrete path.
    ///   - key: must live until this returns.
    func open(
        _ text: UnsafeRawBufferPointer, label: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer,
        with key: Borrowed<Opener>, into out: OutputBuffer
    ) throws(Fault) {
        ciphertext.removeAll()
        let capacity = Base64.decodedCapacity(text.count)
        guard let count = Base64.decode(text, into: ciphertext.reserve(capacity)) else { throw .notBase64 }
        ciphertext.commit(count)
        let plaintext = out.reserve(count)
        let padded: Int
        let aad = additionalData.complete(label: label, path: path)
        do throws(CryptographyError) {
            padded = try Self.open(ciphertext.bytes, aad: aad, with: key, into: plaintext)
        } catch {
            throw .cryptography(error)
        }
        let opened = UnsafeRawBufferPointer(start: plaintext, count: padded)
        guard let content = Padding.contentCount(of: opened, block: pad) else { throw .badPadding }
        out.commit(content)
    }

    /// Opens the ciphertext `sealed` and appends the plaintext to `out`; on failure `out` is as it was.
    func openWhole(
        _ sealed: UnsafeRawBufferPointer, label: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer,
        with key: Borrowed<Opener>, into out: OutputBuffer
    ) throws(CryptographyError) {
        let aad = additionalData.complete(label: label, path: path)
        out.commit(try Self.open(sealed, aad: aad, with: key, into: out.reserve(sealed.count)))
    }

    private static func open(
        _ sealed: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, with key: Borrowed<Opener>,
        into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) -> Int {
        try key.use { (opener) throws(CryptographyError) in try opener.open(sealed, aad: aad, into: out) }
    }
}
