internal import COpenSSL

/// An OpenSSL cipher context with its key set; each message only sets the nonce.
struct OpenSSLCipherContext: ~Copyable {
    private let context: OpaquePointer
    /// The tag that a message must have, and the end of the list. Made once: to fill it in anew for every message, and to
    /// have it read at once, stalls the processor.
    private let parameters: UnsafeMutablePointer<OSSL_PARAM>

    /// Sets `key` for OpenSSL's cipher `name`; the fetched cipher stays referenced by the context.
    ///
    /// - Throws: `unavailable` where no loaded provider has the cipher, `libraryFailure`.
    init(
        name: String, key: UnsafeRawBufferPointer, direction: Cipher.Direction, for algorithm: Algorithm
    ) throws(CryptographyError) {
        guard let cipher = EVP_CIPHER_fetch(nil, name, nil) else {
            ERR_clear_error()
            throw .unavailable(algorithm: algorithm)
        }
        defer { EVP_CIPHER_free(cipher) }
        guard Int(EVP_CIPHER_get_key_length(cipher)) == key.count, let context = EVP_CIPHER_CTX_new() else {
            throw OpenSSLFailure.take("EVP_CIPHER_CTX_new")
        }
        let start = key.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard EVP_CipherInit_ex2(context, cipher, start, nil, direction.rawValue, nil) == 1 else {
            EVP_CIPHER_CTX_free(context)
            throw OpenSSLFailure.take("EVP_CipherInit_ex2")
        }
        self.context = context
        parameters = .allocate(capacity: 2)
        parameters.initialize(to: fieldseal_aead_tag(nil, 0))
        (parameters + 1).initialize(to: OSSL_PARAM_construct_end())
    }

    deinit {
        // Wipes the key schedule too.
        EVP_CIPHER_CTX_free(context)
        parameters.deallocate()
    }

    /// Begins a message under `nonce`, and forgets whatever became of the one before.
    borrowing func begin(nonce: UnsafeRawPointer) throws(CryptographyError) {
        // A direction of -1 keeps the one that the key was set for.
        guard EVP_CipherInit_ex2(context, nil, nil, nonce.assumingMemoryBound(to: UInt8.self), -1, nil) == 1 else {
            throw OpenSSLFailure.take("EVP_CipherInit_ex2")
        }
    }

    /// Feeds AAD (`out` nil) or turns data into `out`, which has room for as many bytes.
    borrowing func update(
        _ bytes: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer?
    ) throws(CryptographyError) {
        // OpenSSL takes a null input for the end of the message.
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        var written: Int32 = 0
        let updated = EVP_CipherUpdate(
            context, out?.assumingMemoryBound(to: UInt8.self), &written,
            start.assumingMemoryBound(to: UInt8.self), Int32(bytes.count))
        guard updated == 1, Int(written) == bytes.count else { throw OpenSSLFailure.take("EVP_CipherUpdate") }
    }

    /// Ends the message; false where the tag that was expected does not match.
    borrowing func finish() -> Bool {
        var unused: (UInt64, UInt64) = (0, 0)
        var written: Int32 = 0
        let finished = withUnsafeMutableBytes(of: &unused) { scratch in
            EVP_CipherFinal_ex(context, scratch.baseAddress?.assumingMemoryBound(to: UInt8.self), &written)
        }
        return finished == 1 && written == 0
    }

    /// Writes the tag of the finished message to `out`.
    borrowing func getTag(count: Int, into out: UnsafeMutableRawPointer) throws(CryptographyError) {
        guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(count), out) == 1 else {
            throw OpenSSLFailure.take("EVP_CTRL_AEAD_GET_TAG")
        }
    }

    /// Begins a message that is to be opened under `nonce`, and says which tag it must have.
    borrowing func begin(
        nonce: UnsafeRawPointer, expectingTag tag: UnsafeRawPointer, count: Int
    ) throws(CryptographyError) {
        // As a parameter of the same call: a call of its own costs as much as a third of a short message.
        // OpenSSL takes a mutable pointer and copies from it.
        parameters.pointee.data = UnsafeMutableRawPointer(mutating: tag)
        parameters.pointee.data_size = count
        let start = nonce.assumingMemoryBound(to: UInt8.self)
        guard EVP_CipherInit_ex2(context, nil, nil, start, -1, parameters) == 1 else {
            throw OpenSSLFailure.take("EVP_CipherInit_ex2")
        }
    }
}
