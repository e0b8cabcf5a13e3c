import Cryptography
import KeyManagement
import Records

/// Seals fields and writes their ciphertexts as text.
///
/// Not thread-safe: an encryptor owns one, with the scratch space it needs.
final class FieldSealer {
    private let plaintext = OutputBuffer(capacity: 1024)
    private let ciphertext = OutputBuffer(capacity: 1024)
    private let additionalData = AdditionalData()
    private var pad = 0

    /// Begins the fields of one record.
    func begin(layoutHash: UnsafeRawBufferPointer, boundKey: AdditionalData.BoundKey, pad: Int) {
        additionalData.begin(layoutHash: layoutHash, boundKey: boundKey)
        self.pad = pad
    }

    /// Seals `content` and appends the ciphertext's base64 to `out`; `key` must live until it returns.
    func seal(
        _ content: UnsafeRawBufferPointer, part: StaticString, type: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, under key: Unmanaged<Sealer>, into out: OutputBuffer
    ) throws(CryptographyError) {
        Padding.pad(content, to: pad, into: plaintext)
        let aad = additionalData.complete(part: part, type: type, path: path)
        ciphertext.removeAll()
        // A result, since the closure of this call can't throw a typed error.
        let sealed = key._withUnsafeGuaranteedRef { sealer -> Result<Int, CryptographyError> in
            let count = plaintext.count + sealer.algorithm.overhead
            do throws(CryptographyError) {
                try sealer.seal(plaintext.bytes, aad: aad, into: ciphertext.reserve(count))
                return .success(count)
            } catch {
                return .failure(error)
            }
        }
        ciphertext.commit(try sealed.get())
        let textCount = Base64.encodedCount(ciphertext.count)
        Base64.encode(ciphertext.bytes, into: out.reserve(textCount))
        out.commit(textCount)
    }
}
