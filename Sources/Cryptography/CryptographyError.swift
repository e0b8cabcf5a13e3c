/// Why bytes were not sealed or opened: never the bytes, a key's or a plaintext's.
///
/// Every case is permanent but `randomnessUnavailable`: the same call fails again.
public enum CryptographyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A DEK of `found` bytes for an algorithm that takes `Algorithm.keyLength`.
    case keyLength(algorithm: Algorithm, found: Int)
    /// A nonce of `found` bytes for an algorithm that takes `Algorithm.nonceLength`.
    case nonceLength(algorithm: Algorithm, found: Int)
    /// The ciphertext is too short or its tag does not match: it was changed, moved or sealed under another key.
    case authenticationFailed
    /// Data or AAD of `count` bytes; `maximum` is the most that one call takes.
    case tooLarge(count: Int, maximum: Int)
    /// The system's random generator gave nothing.
    case randomnessUnavailable
    /// The installed library does not offer the algorithm, as in FIPS mode.
    case unavailable(algorithm: Algorithm)
    /// A text that should be a private key to sign with is not an unencrypted RSA key in PEM, of 2048 bits or more.
    case notASigningKey
    /// A call into OpenSSL or libgcrypt failed, such as for want of memory; `call` is its name.
    case libraryFailure(call: String)

    /// Whether trying again later may help.
    public var isTransient: Bool { self == .randomnessUnavailable }

    /// One sentence.
    public var description: String {
        switch self {
        case .keyLength(let algorithm, let found):
            "\(algorithm.rawValue) takes a key of \(algorithm.keyLength) bytes, not \(found)"
        case .nonceLength(let algorithm, let found):
            "\(algorithm.rawValue) takes a nonce of \(algorithm.nonceLength) bytes, not \(found)"
        case .authenticationFailed:
            "the ciphertext does not authenticate: it was changed, moved or sealed under another key"
        case .tooLarge(let count, let maximum):
            "\(count) bytes are more than the \(maximum) that can be sealed or opened at once"
        case .randomnessUnavailable:
            "the random generator gave no bytes"
        case .unavailable(let algorithm):
            "the installed cryptographic libraries do not offer \(algorithm.rawValue)"
        case .notASigningKey:
            "it is not an unencrypted private RSA key in PEM of 2048 bits or more"
        case .libraryFailure(let call):
            "\(call) failed"
        }
    }
}
