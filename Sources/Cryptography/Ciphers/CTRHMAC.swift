internal import COpenSSL

/// AES-CTR, then HMAC-SHA256 over what it gave: Tink's AES-CTR-HMAC AEAD with 16-byte IVs.
///
/// The IV is the initial 128-bit big-endian counter (NIST SP 800-38A). The MAC covers
/// `AAD || IV || ciphertext || bitlen(AAD) as u64be` and is cut to the algorithm's tag length.
struct CTRHMAC: ~Copyable {
    private static let nonceLength = 16

    private let counterMode: OpenSSLCipherContext
    private let hmac: KeyedHMAC
    private let tagLength: Int

    init(key: DataKey) throws(CryptographyError) {
        let aesKeyLength = key.algorithm.keyLength - KeyedHMAC.keyLength
        let name = aesKeyLength == 16 ? "AES-128-CTR" : "AES-256-CTR"
        let counterMode = try key.bytes.withUnsafeBytes { (bytes) throws(CryptographyError) in
            // Counter mode is its own inverse.
            try OpenSSLCipherContext(
                name: name, key: UnsafeRawBufferPointer(rebasing: bytes[..<aesKeyLength]), direction: .sealing,
                for: key.algorithm)
        }
        hmac = try KeyedHMAC(key: key, from: aesKeyLength)
        self.counterMode = counterMode
        tagLength = key.algorithm.tagLength
    }

    borrowing func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, behindNonceIn out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        try counterMode.begin(nonce: out)
        try counterMode.update(plaintext, into: out + Self.nonceLength)
        let authenticated = UnsafeRawBufferPointer(start: out, count: Self.nonceLength + plaintext.count)
        try withTag(of: authenticated, aad: aad) { (tag) throws(CryptographyError) in
            (out + authenticated.count).copyMemory(from: tag, byteCount: tagLength)
        }
    }

    /// Turns nothing into `out` before the tag has been found right.
    borrowing func open(
        _ sealed: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        guard let nonce = sealed.baseAddress else { throw .authenticationFailed }
        let authenticated = UnsafeRawBufferPointer(rebasing: sealed[..<(sealed.count - tagLength)])
        try withTag(of: authenticated, aad: aad) { (tag) throws(CryptographyError) in
            guard CRYPTO_memcmp(tag, nonce + authenticated.count, tagLength) == 0 else { throw .authenticationFailed }
        }
        try counterMode.begin(nonce: nonce)
        try counterMode.update(UnsafeRawBufferPointer(rebasing: authenticated[Self.nonceLength...]), into: out)
    }

    private borrowing func withTag(
        of ivAndCiphertext: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer,
        _ body: (UnsafeRawPointer) throws(CryptographyError) -> Void
    ) throws(CryptographyError) {
        try hmac.begin()
        try hmac.update(aad)
        try hmac.update(ivAndCiphertext)
        var bits = UInt64(aad.count * 8).bigEndian
        try withUnsafeBytes(of: &bits) { (bits) throws(CryptographyError) in try hmac.update(bits) }
        try hmac.withFinished(body)
    }
}
