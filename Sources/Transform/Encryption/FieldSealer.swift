import Cryptography
import KeyManagement
import Records

/// Seals fields, whose ciphertexts it writes as text, and whole payloads and headers, whose ciphertexts stay bytes.
///
/// Not thread-safe: an encryptor owns one, with the scratch space it needs.
final class FieldSealer {
    private let plaintext = OutputBuffer(capacity: 1024)
    private let ciphertext = OutputBuffer(capacity: 1024)
    private let additionalData = AdditionalData()
    private var pad = 0

    /// Begins the ciphertexts of one record that are bound alike.
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
        try seal(plaintext.bytes, aad: aad, under: key, into: ciphertext)
        let textCount = Base64.encodedCount(ciphertext.count)
        Base64.encode(ciphertext.bytes, into: out.reserve(textCount))
        out.commit(textCount)
    }

    /// Seals `content` without padding and appends the ciphertext itself to `out`; `key` must live until it returns.
    func sealWhole(
        _ content: UnsafeRawBufferPointer, part: StaticString, type: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, under key: Unmanaged<Sealer>, into out: OutputBuffer
    ) throws(CryptographyError) {
        try seal(content, aad: additionalData.complete(part: part, type: type, path: path), under: key, into: out)
    }

    private func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, under key: Unmanaged<Sealer>,
        into out: OutputBuffer
    ) throws(CryptographyError) {
        // A result, since the closure of this call can't throw a typed error.
        let sealed = key._withUnsafeGuaranteedRef { sealer -> Result<Int, CryptographyError> in
            let count = plaintext.count + sealer.algorithm.overhead
            do throws(CryptographyError) {
                try sealer.seal(plaintext, aad: aad, into: out.reserve(count))
                return .success(count)
            } catch {
                return .failure(error)
            }
        }
        out.commit(try sealed.get())
    }
}
