import Cryptography
import Formats
import KeyManagement

/// How a whole key or value is sealed.
public struct PayloadRule: Sendable, Equatable {
    /// Which KEK protects it, templates included.
    public var key: KeySecretTemplate
    /// How it is sealed.
    public var algorithm: Algorithm
    /// How it is compressed before.
    public var compression: Compression

    /// Makes a rule.
    public init(key: KeySecretTemplate, algorithm: Algorithm = .aes128GCM, compression: Compression = .none) {
        self.key = key
        self.algorithm = algorithm
        self.compression = compression
    }
}
