internal import COpenSSL

/// HMAC-SHA256 (RFC 2104) with its 32-byte key kept for message after message.
struct KeyedHMAC: ~Copyable {
    /// Length of the key and of a full tag in bytes.
    static let keyLength = 32

    private let context: OpaquePointer
    private let key: DataKey
    private let offset: Int
    private let keepsKey: Bool

    /// Takes the 32 bytes from `offset` of `key`, which it holds on to.
    ///
    /// `keepsKey` says whether a message may begin without giving OpenSSL the key again.
    init(key: DataKey, from offset: Int, keepsKey: Bool = Self.restartsWithKeptKey) throws(CryptographyError) {
        guard let context = Self.makeContext() else { throw .unavailable(algorithm: key.algorithm) }
        let set = key.bytes.withUnsafeBytes { Self.set(UnsafeRawBufferPointer(rebasing: $0[offset...]), in: context) }
        guard set else {
            EVP_MAC_CTX_free(context)
            throw OpenSSLFailure.take("EVP_MAC_init")
        }
        self.context = context
        self.key = key
        self.offset = offset
        self.keepsKey = keepsKey
    }

    deinit {
        // Wipes the key too.
        EVP_MAC_CTX_free(context)
    }

    /// Begins a message, and forgets whatever became of the one before.
    borrowing func begin() throws(CryptographyError) {
        let begun =
            keepsKey
            ? EVP_MAC_init(context, nil, 0, nil) == 1
            : key.bytes.withUnsafeBytes { Self.set(UnsafeRawBufferPointer(rebasing: $0[offset...]), in: context) }
        guard begun else { throw OpenSSLFailure.take("EVP_MAC_init") }
    }

    /// Feeds bytes of the message.
    borrowing func update(_ bytes: UnsafeRawBufferPointer) throws(CryptographyError) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        guard EVP_MAC_update(context, start.assumingMemoryBound(to: UInt8.self), bytes.count) == 1 else {
            throw OpenSSLFailure.take("EVP_MAC_update")
        }
    }

    /// Ends the message and lends its 32-byte MAC to `body`, then wipes it: the right tag of a forgery is a secret.
    borrowing func withFinished(
        _ body: (UnsafeRawPointer) throws(CryptographyError) -> Void
    ) throws(CryptographyError) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        try withUnsafeMutableBytes(of: &words) { (mac) throws(CryptographyError) in
            guard let start = mac.baseAddress, Self.finish(context, into: start) else {
                throw OpenSSLFailure.take("EVP_MAC_final")
            }
            defer { OPENSSL_cleanse(start, Self.keyLength) }
            try body(start)
        }
    }

    /// Whether OpenSSL starts a new message when no key is given.
    ///
    /// OpenSSL 3.0.0 to 3.0.2, and FIPS modules of that age under a newer OpenSSL, go on with the old message instead and
    /// call it a success (openssl issue 17811), so it is tried out once.
    static let restartsWithKeptKey: Bool = {
        guard let context = makeContext() else { return false }
        defer { EVP_MAC_CTX_free(context) }
        let block: [UInt8] = Array(repeating: 0x6B, count: keyLength)
        return block.withUnsafeBytes { block in
            var first: [UInt8] = Array(repeating: 0, count: keyLength)
            var second: [UInt8] = Array(repeating: 1, count: keyLength)
            let start = block.baseAddress?.assumingMemoryBound(to: UInt8.self)
            // The message in between is left unfinished, as a failure would leave it.
            let ran =
                set(block, in: context) && EVP_MAC_update(context, start, block.count) == 1
                && first.withUnsafeMutableBytes { finish(context, into: $0.baseAddress!) }
                && EVP_MAC_init(context, nil, 0, nil) == 1 && EVP_MAC_update(context, start, 1) == 1
                && EVP_MAC_init(context, nil, 0, nil) == 1 && EVP_MAC_update(context, start, block.count) == 1
                && second.withUnsafeMutableBytes { finish(context, into: $0.baseAddress!) }
            ERR_clear_error()
            return ran && first == second
        }
    }()

    private static func makeContext() -> OpaquePointer? {
        guard let mac = EVP_MAC_fetch(nil, "HMAC", nil) else {
            ERR_clear_error()
            return nil
        }
        defer { EVP_MAC_free(mac) }
        guard let context = EVP_MAC_CTX_new(mac) else { return nil }
        guard chooseSHA256(in: context) else {
            EVP_MAC_CTX_free(context)
            ERR_clear_error()
            return nil
        }
        return context
    }

    private static func chooseSHA256(in context: OpaquePointer) -> Bool {
        var digest = Array("SHA256".utf8CString)
        // The parameters hold on to both pointers, so both strings must outlive them.
        return OSSL_MAC_PARAM_DIGEST.withCString { name in
            digest.withUnsafeMutableBufferPointer { digest in
                var parameters = [
                    OSSL_PARAM_construct_utf8_string(name, digest.baseAddress, 0), OSSL_PARAM_construct_end(),
                ]
                return EVP_MAC_CTX_set_params(context, &parameters) == 1
            }
        }
    }

    private static func set(_ key: UnsafeRawBufferPointer, in context: OpaquePointer) -> Bool {
        EVP_MAC_init(context, key.baseAddress?.assumingMemoryBound(to: UInt8.self), key.count, nil) == 1
    }

    private static func finish(_ context: OpaquePointer, into out: UnsafeMutableRawPointer) -> Bool {
        var written = 0
        let finished = EVP_MAC_final(context, out.assumingMemoryBound(to: UInt8.self), &written, keyLength)
        return finished == 1 && written == keyLength
    }
}
