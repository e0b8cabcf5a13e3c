/// A kind of KMS, named by the prefix of its key addresses.
public enum KeyManagementProvider: String, CaseIterable, Hashable, Sendable {
    /// HashiCorp Vault or OpenBao, secrets engine Transit.
    case vault = "vault-kms"
    /// AWS Key Management Service.
    case aws = "aws-kms"
    /// Google Cloud Key Management Service.
    case gcp = "gcp-kms"
    /// Azure Key Vault and Managed HSM.
    case azure = "azure-kms"
    /// Keys in this process's memory, for development only.
    case inMemory = "in-memory-kms"

    /// What its key addresses begin with, such as `vault-kms://`.
    public var prefix: String { rawValue + "://" }

    /// All prefixes, as an error lists them.
    static var knownPrefixes: String { allCases.map(\.prefix).joined(separator: ", ") }
}
