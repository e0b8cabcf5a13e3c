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
    func begin(_ head: OutputBuffer, boundKey: AdditionalData.BoundKey, pad: Int) {
        additionalData.begin(head, boundKey: boundKey)
        self.pad = pad
    }

    /// Seals `content` and appends the ciphertext's base64 to `out`.
    ///
    /// - Parameters:
    ///   - label: as `AdditionalData.label` makes it.
    ///   - path: the field's concrete path.
    ///   - key: must live until this returns.
    func seal(
        _ content: UnsafeRawBufferPointer, label: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer,
        under key: Borrowed<Sealer>, into out: OutputBuffer
    ) throws(CryptographyError) {
        Padding.pad(content, to: pad, into: plaintext)
        let aad = additionalData.complete(label: label, path: path)
        ciphertext.removeAll()
        try seal(plaintext.bytes, aad: aad, under: key, into: ciphertext)
        let textCount = Base64.encodedCount(ciphertext.count)
        Base64.encode(ciphertext.bytes, into: out.reserve(textCount))
        out.commit(textCount)
    }

    /// Seals `content` without padding and appends the ciphertext itself to `out`, everything else as above.
    func sealWhole(
        _ content: UnsafeRawBufferPointer, label: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer,
        under key: Borrowed<Sealer>, into out: OutputBuffer
    ) throws(CryptographyError) {
        try seal(content, aad: additionalData.complete(label: label, path: path), under: key, into: out)
    }

    private func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, under key: Borrowed<Sealer>,
        into out: OutputBuffer
    ) throws(CryptographyError) {
        let count = try key.use { (sealer) throws(CryptographyError) in
            let count = plaintext.count + sealer.algorithm.overhead
            try sealer.seal(plaintext, aad: aad, into: out.reserve(count))
            return count
        }
        out.commit(count)
    }
}
