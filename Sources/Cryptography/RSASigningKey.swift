internal import COpenSSL

/// A private RSA key that signs (RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017 section 8.2; `RS256` in RFC 7518).
///
/// Unchecked: the key is written only before `init` returns and in `deinit`, and OpenSSL signs with it on any thread.
package final class RSASigningKey: @unchecked Sendable {
    private let key: OpaquePointer

    /// Reads the first private key of a PEM text; the copy is OpenSSL's, which wipes it.
    ///
    /// - Throws: `notASigningKey` where it is no unencrypted RSA key of 2048 to 16384 bits.
    package init(pem: UnsafeRawBufferPointer) throws(CryptographyError) {
        guard let base = pem.baseAddress, let length = Int32(exactly: pem.count), length > 0,
            let input = BIO_new_mem_buf(base, length)
        else { throw .notASigningKey }
        defer { BIO_free(input) }
        // Without a callback OpenSSL would ask on the terminal for the password of an encrypted key.
        guard let key = PEM_read_bio_PrivateKey(input, nil, { _, _, _, _ in -1 }, nil) else {
            ERR_clear_error()
            throw .notASigningKey
        }
        guard EVP_PKEY_is_a(key, "RSA") == 1, (2048...16384).contains(EVP_PKEY_get_bits(key)) else {
            EVP_PKEY_free(key)
            throw .notASigningKey
        }
        self.key = key
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// The signature of `message`, as long as the key's modulus.
    package func sign(_ message: UnsafeRawBufferPointer) throws(CryptographyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw OpenSSLFailure.take("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit_ex(context, nil, "SHA256", nil, nil, key, nil) == 1 else {
            throw OpenSSLFailure.take("EVP_DigestSignInit_ex")
        }
        var length = Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: length)
        let bytes = message.bindMemory(to: UInt8.self)
        guard EVP_DigestSign(context, &signature, &length, bytes.baseAddress, bytes.count) == 1,
            length <= signature.count
        else { throw OpenSSLFailure.take("EVP_DigestSign") }
        signature.removeLast(signature.count - length)
        return signature
    }
}
