internal import CSodium

/// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) by libsodium; OpenSSL does not have it.
///
/// There is no key schedule to keep, so it reads the key where it lies.
struct XChaCha20Poly1305: ~Copyable {
    private static let nonceLength = 24
    private static let tagLength = 16

    private let key: DataKey

    init(key: DataKey) throws(CryptographyError) {
        guard Sodium.isReady else { throw .unavailable(algorithm: key.algorithm) }
        self.key = key
    }

    borrowing func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, behindNonceIn out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        let nonce = out.assumingMemoryBound(to: UInt8.self)
        let ciphertext = nonce + Self.nonceLength
        let status = key.bytes.withUnsafeBytes { key in
            guard let key = Self.start(of: key) else { return Int32(-1) }
            return crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
                ciphertext, ciphertext + plaintext.count, nil, Self.start(of: plaintext), UInt64(plaintext.count),
                Self.start(of: aad), UInt64(aad.count), nil, nonce, key)
        }
        guard status == 0 else { throw .libraryFailure(call: "crypto_aead_xchacha20poly1305_ietf_encrypt_detached") }
    }

    /// Turns nothing into `out` before the tag has been found right.
    borrowing func open(
        _ sealed: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        guard let nonce = Self.start(of: sealed) else { throw .authenticationFailed }
        let tagStart = sealed.count - Self.tagLength
        let status = key.bytes.withUnsafeBytes { key in
            guard let key = Self.start(of: key) else { return Int32(-1) }
            return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
                out.assumingMemoryBound(to: UInt8.self), nil, nonce + Self.nonceLength,
                UInt64(tagStart - Self.nonceLength), nonce + tagStart, Self.start(of: aad), UInt64(aad.count), nonce,
                key)
        }
        guard status == 0 else { throw .authenticationFailed }
    }

    private static func start(of bytes: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
        bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    }
}
