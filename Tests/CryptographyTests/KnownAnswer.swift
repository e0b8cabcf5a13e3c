import Testing

@testable import Cryptography

/// A published message and what it must become.
struct KnownAnswer: Sendable, CustomTestStringConvertible {
    var source: String
    var algorithm: Algorithm
    var key: String
    var nonce: String
    var aad: String
    var plaintext: String
    /// Ciphertext and tag.
    var sealed: String

    var testDescription: String { "\(algorithm.rawValue), \(source)" }
}
