internal import COpenSSL

/// Opens what was sealed under one DEK, with the key schedule kept.
///
/// Not thread-safe: one per thread and DEK. It keeps no plaintext.
public final class OpeningContext {
    /// The DEK's algorithm.
    public let algorithm: Algorithm

    private let cipher: Cipher
    private let overhead: Int

    /// Sets up `key`, which may be released afterwards.
    ///
    /// - Throws: `unavailable` where the installed libraries lack the algorithm, `libraryFailure`.
    public init(key: DataKey) throws(CryptographyError) {
        cipher = try Cipher(key: key, direction: .opening)
        algorithm = key.algorithm
        overhead = key.algorithm.overhead
    }

    /// Opens `nonce || ciphertext || tag`, writes the plaintext to `out` and returns its length,
    /// `sealed.count - algorithm.overhead`.
    ///
    /// `out` has room for as many bytes and overlaps neither `sealed` nor `aad`. When this throws, those bytes of it have
    /// been wiped.
    ///
    /// - Throws: `authenticationFailed` for too few bytes and for a tag that does not match, `tooLarge`,
    ///   `libraryFailure`.
    public func open(
        _ sealed: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) -> Int {
        let count = sealed.count - overhead
        guard count >= 0 else { throw .authenticationFailed }
        let longest = max(count, aad.count)
        guard longest <= Cipher.maximumCount else {
            throw .tooLarge(count: longest, maximum: Cipher.maximumCount)
        }
        do throws(CryptographyError) {
            try cipher.open(sealed, aad: aad, into: out)
        } catch {
            OPENSSL_cleanse(out, count)
            throw error
        }
        return count
    }
}
