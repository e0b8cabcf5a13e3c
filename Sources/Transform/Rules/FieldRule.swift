import Cryptography
public import Formats
import KeyManagement
import Records

/// A field to seal, as the configuration lists it.
public struct FieldRule: Sendable, Equatable {
    /// Where it is.
    public var path: FieldPath
    /// Which KEK protects it, templates included.
    public var key: KeySecretTemplate
    /// How it is sealed.
    public var algorithm: Algorithm
    /// Whether a missing or null field is an error.
    public var isRequired: Bool
    /// Why a schema chose it; nil where the configuration lists it.
    public var choice: TagChoice?

    /// Makes a rule.
    public init(
        path: FieldPath, key: KeySecretTemplate, algorithm: Algorithm = .aes128GCM, isRequired: Bool = false,
        choice: TagChoice? = nil
    ) {
        self.path = path
        self.key = key
        self.algorithm = algorithm
        self.isRequired = isRequired
        self.choice = choice
    }
}
