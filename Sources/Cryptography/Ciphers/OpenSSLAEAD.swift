internal import COpenSSL

/// AES-GCM (NIST SP 800-38D) and ChaCha20-Poly1305 (RFC 8439) by OpenSSL.
struct OpenSSLAEAD: ~Copyable {
    private static let nonceLength = 12
    private static let tagLength = 16

    private let context: OpenSSLCipherContext

    init(key: DataKey, direction: Cipher.Direction) throws(CryptographyError) {
        let name =
            switch key.algorithm {
            case .aes128GCM: "AES-128-GCM"
            case .aes256GCM: "AES-256-GCM"
            case .chaCha20Poly1305: "ChaCha20-Poly1305"
            default: throw .unavailable(algorithm: key.algorithm)
            }
        context = try key.bytes.withUnsafeBytes { (bytes) throws(CryptographyError) in
            try OpenSSLCipherContext(name: name, key: bytes, direction: direction, for: key.algorithm)
        }
    }

    borrowing func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, behindNonceIn out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        let ciphertext = out + Self.nonceLength
        try context.begin(nonce: out)
        try context.update(aad, into: nil)
        try context.update(plaintext, into: ciphertext)
        guard context.finish() else { throw OpenSSLFailure.take("EVP_CipherFinal_ex") }
        try context.getTag(count: Self.tagLength, into: ciphertext + plaintext.count)
    }

    borrowing func open(
        _ sealed: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        guard let nonce = sealed.baseAddress else { throw .authenticationFailed }
        let tagStart = sealed.count - Self.tagLength
        try context.begin(nonce: nonce, expectingTag: nonce + tagStart, count: Self.tagLength)
        try context.update(aad, into: nil)
        try context.update(UnsafeRawBufferPointer(rebasing: sealed[Self.nonceLength..<tagStart]), into: out)
        guard context.finish() else {
            ERR_clear_error()
            throw .authenticationFailed
        }
    }
}
