public import Cryptography
import Formats
public import KeyManagement

/// How fields of values are chosen by what their schemas say of them.
public struct TagRule: Sendable, Equatable {
    /// The tags by which fields are chosen.
    public var tags: [String]
    /// What the names of this product's own attributes in schemas begin with.
    public var namespace: String
    /// Which KEK protects a chosen field that names none itself, templates included.
    public var key: KeySecretTemplate
    /// How a chosen field that names no algorithm itself is sealed.
    public var algorithm: Algorithm
    /// The only KEKs that a schema may name: whoever may write schemas must not choose who can read the data.
    public var allowedKeks: [KeySecretPattern]

    /// Makes a rule.
    public init(
        tags: [String], namespace: String = "fieldseal.", key: KeySecretTemplate, algorithm: Algorithm = .aes128GCM,
        allowedKeks: [KeySecretPattern] = []
    ) {
        self.tags = tags
        self.namespace = namespace
        self.key = key
        self.algorithm = algorithm
        self.allowedKeks = allowedKeks
    }
}
