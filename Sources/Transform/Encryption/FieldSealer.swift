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

    /// Seals `content` and appends the ciphertext's base64 to `out`.
    func seal(
        _ content: UnsafeRawBufferPointer, part: StaticString, type: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, under sealer: Sealer, into out: OutputBuffer
    ) throws(CryptographyError) {
        Padding.pad(content, to: pad, into: plaintext)
        let sealedCount = plaintext.count + sealer.algorithm.overhead
        ciphertext.removeAll()
        let sealed = ciphertext.reserve(sealedCount)
        try sealer.seal(
            plaintext.bytes, aad: additionalData.complete(part: part, type: type, path: path), into: sealed)
        ciphertext.commit(sealedCount)
        let textCount = Base64.encodedCount(sealedCount)
        Base64.encode(ciphertext.bytes, into: out.reserve(textCount))
        out.commit(textCount)
    }

    /// Seals `content` without padding and appends the ciphertext itself to `out`.
    func sealWhole(
        _ content: UnsafeRawBufferPointer, part: StaticString, type: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer, under sealer: Sealer, into out: OutputBuffer
    ) throws(CryptographyError) {
        let count = content.count + sealer.algorithm.overhead
        try sealer.seal(
            content, aad: additionalData.complete(part: part, type: type, path: path), into: out.reserve(count))
        out.commit(count)
    }
}
