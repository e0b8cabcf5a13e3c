internal import CGcrypt

/// AES-EAX (Bellare, Rogaway, Wagner 2003) with 16-byte nonces by libgcrypt; OpenSSL does not have it.
struct EAX: ~Copyable {
    private static let nonceLength = 16
    private static let tagLength = 16

    private let handle: gcry_cipher_hd_t

    init(key: DataKey) throws(CryptographyError) {
        guard Gcrypt.isReady else { throw .unavailable(algorithm: key.algorithm) }
        let algorithm = key.algorithm.keyLength == 16 ? GCRY_CIPHER_AES : GCRY_CIPHER_AES256
        var opened: gcry_cipher_hd_t?
        let status = gcry_cipher_open(
            &opened, Int32(algorithm.rawValue), Int32(GCRY_CIPHER_MODE_EAX.rawValue), 0)
        guard status == 0, let handle = opened else { throw .unavailable(algorithm: key.algorithm) }
        let set = key.bytes.withUnsafeBytes { gcry_cipher_setkey(handle, $0.baseAddress, $0.count) }
        guard set == 0 else {
            gcry_cipher_close(handle)
            throw .libraryFailure(call: "gcry_cipher_setkey")
        }
        self.handle = handle
    }

    deinit {
        // Wipes the key schedule too.
        gcry_cipher_close(handle)
    }

    borrowing func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, behindNonceIn out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        let ciphertext = out + Self.nonceLength
        try begin(nonce: out, aad: aad)
        if plaintext.count > 0 {
            let status = gcry_cipher_encrypt(
                handle, ciphertext, plaintext.count, plaintext.baseAddress, plaintext.count)
            guard status == 0 else { throw .libraryFailure(call: "gcry_cipher_encrypt") }
        }
        guard gcry_cipher_gettag(handle, ciphertext + plaintext.count, Self.tagLength) == 0 else {
            throw .libraryFailure(call: "gcry_cipher_gettag")
        }
    }

    borrowing func open(
        _ sealed: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        guard let nonce = sealed.baseAddress else { throw .authenticationFailed }
        let tagStart = sealed.count - Self.tagLength
        let count = tagStart - Self.nonceLength
        try begin(nonce: nonce, aad: aad)
        if count > 0 {
            guard gcry_cipher_decrypt(handle, out, count, nonce + Self.nonceLength, count) == 0 else {
                throw .libraryFailure(call: "gcry_cipher_decrypt")
            }
        }
        let status = gcry_cipher_checktag(handle, nonce + tagStart, Self.tagLength)
        guard status == 0 else {
            throw gcry_err_code(status) == GPG_ERR_CHECKSUM
                ? .authenticationFailed : .libraryFailure(call: "gcry_cipher_checktag")
        }
    }

    /// Forgets whatever became of the message before, sets the nonce and feeds the AAD.
    private borrowing func begin(nonce: UnsafeRawPointer, aad: UnsafeRawBufferPointer) throws(CryptographyError) {
        // Setting the nonce alone goes on with the MACs of the message before and calls it a success (libgcrypt 1.10.1).
        guard gcry_cipher_ctl(handle, Int32(GCRYCTL_RESET.rawValue), nil, 0) == 0 else {
            throw .libraryFailure(call: "gcry_cipher_reset")
        }
        guard gcry_cipher_setiv(handle, nonce, Self.nonceLength) == 0 else {
            throw .libraryFailure(call: "gcry_cipher_setiv")
        }
        guard aad.count > 0 else { return }
        guard gcry_cipher_authenticate(handle, aad.baseAddress, aad.count) == 0 else {
            throw .libraryFailure(call: "gcry_cipher_authenticate")
        }
    }
}
