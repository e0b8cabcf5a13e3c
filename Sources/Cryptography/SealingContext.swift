/// Seals bytes under one DEK, with the key schedule kept, so that each call costs the data and no set-up.
///
/// Not thread-safe: one per thread and DEK. It keeps no plaintext.
public final class SealingContext {
    /// The DEK's algorithm.
    public let algorithm: Algorithm

    private let cipher: Cipher
    private let nonceLength: Int

    /// Sets up `key`, which may be released afterwards.
    ///
    /// - Throws: `unavailable` where the installed libraries lack the algorithm, `libraryFailure`.
    public init(key: DataKey) throws(CryptographyError) {
        cipher = try Cipher(key: key, direction: .sealing)
        algorithm = key.algorithm
        nonceLength = key.algorithm.nonceLength
    }

    /// Seals `plaintext` and writes `nonce || ciphertext || tag` to `out`.
    ///
    /// `out` has room for `plaintext.count + algorithm.overhead` bytes and overlaps neither `plaintext` nor `aad`; when
    /// this throws, what it holds is of no use but no plaintext either.
    ///
    /// - Throws: `tooLarge`, `randomnessUnavailable`, `libraryFailure`.
    public func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, nonces: NonceSource,
        into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        try Self.check(plaintext.count, aad.count)
        try nonces.draw(nonceLength, into: out)
        try cipher.seal(plaintext, aad: aad, behindNonceIn: out)
    }

    /// Seals under a given nonce, for known answers and frozen vectors: a nonce that repeats gives the plaintext away.
    ///
    /// - Throws: `nonceLength`, and what the other `seal` throws.
    package func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer,
        into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        try Self.check(plaintext.count, aad.count)
        guard nonce.count == nonceLength, let start = nonce.baseAddress else {
            throw .nonceLength(algorithm: algorithm, found: nonce.count)
        }
        out.copyMemory(from: start, byteCount: nonceLength)
        try cipher.seal(plaintext, aad: aad, behindNonceIn: out)
    }

    private static func check(_ count: Int, _ aadCount: Int) throws(CryptographyError) {
        let longest = max(count, aadCount)
        guard longest <= Cipher.maximumCount else {
            throw .tooLarge(count: longest, maximum: Cipher.maximumCount)
        }
    }
}
