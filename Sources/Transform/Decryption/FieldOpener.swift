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
    func begin(layoutHash: UnsafeRawBufferPointer, boundKey: AdditionalData.BoundKey, pad: Int) {
        additionalData.begin(layoutHash: layoutHash, boundKey: boundKey)
        self.pad = pad
    }

    /// Opens the ciphertext whose base64 is `text` and appends the plaintext to `out`; on failure `out` is as it was.
    func open(
        _ text: UnsafeRawBufferPointer, part: StaticString, type: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, with key: Unmanaged<Opener>, into out: OutputBuffer
    ) throws(Fault) {
        ciphertext.removeAll()
        let capacity = Base64.decodedCapacity(text.count)
        guard let count = Base64.decode(text, into: ciphertext.reserve(capacity)) else { throw .notBase64 }
        ciphertext.commit(count)
        let plaintext = out.reserve(count)
        let padded: Int
        let aad = additionalData.complete(part: part, type: type, path: path)
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
        _ sealed: UnsafeRawBufferPointer, part: StaticString, type: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, with key: Unmanaged<Opener>, into out: OutputBuffer
    ) throws(CryptographyError) {
        let aad = additionalData.complete(part: part, type: type, path: path)
        out.commit(try Self.open(sealed, aad: aad, with: key, into: out.reserve(sealed.count)))
    }

    private static func open(
        _ sealed: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, with key: Unmanaged<Opener>,
        into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) -> Int {
        // A result, since the closure of this call can't throw a typed error.
        let opened = key._withUnsafeGuaranteedRef { opener -> Result<Int, CryptographyError> in
            do throws(CryptographyError) {
                return .success(try opener.open(sealed, aad: aad, into: out))
            } catch {
                return .failure(error)
            }
        }
        return try opened.get()
    }
}
