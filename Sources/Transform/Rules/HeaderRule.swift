import Cryptography
import KeyManagement
import Records

/// Headers to seal, by their names; Fieldseal's own are never meant.
public struct HeaderRule: Sendable, Equatable {
    /// What a header's name must match as a whole.
    public var name: RegularExpression
    /// Which KEK protects it, templates included.
    public var key: KeySecretTemplate
    /// How it is sealed.
    public var algorithm: Algorithm

    /// Makes a rule.
    public init(name: RegularExpression, key: KeySecretTemplate, algorithm: Algorithm = .aes128GCM) {
        self.name = name
        self.key = key
        self.algorithm = algorithm
    }
}
