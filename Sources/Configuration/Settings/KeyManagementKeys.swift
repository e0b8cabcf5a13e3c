import KeyManagement

/// The keys of `kms`.
enum KeyManagementKeys {
    /// A year.
    private static let longestTTL = 31_536_000_000
    private static let defaults = KeyManagementSettings()

    static let keyTtlMs = Setting(
        "keyTtlMs", .integer(0...longestTTL), .defaulted(Int(defaults.keyTtlMilliseconds)),
        "How long a data key is used, in milliseconds; 0 for a KMS call per record.")
    static let maxUses = Setting(
        "maxUses", .integer(1...KeyManagementSettings.maximumUses), .defaulted(defaults.maxUses),
        "How many values a data key seals, over all workers.")
    static let maxBytes = Setting(
        "maxBytes", .integer(1...KeyManagementSettings.maximumBytes), .defaulted(defaults.maxBytes),
        "How many bytes a data key seals, over all workers.")
    static let maxKeys = Setting(
        "maxKeys", .integer(1...10_000_000), .defaulted(defaults.maxKeys),
        "How many data keys are kept in memory for sealing, and again for opening.")
    static let vault = Setting(
        "vault", .section(VaultKeys.section), .optional("no `vault-kms`"), "Vault or OpenBao, for `vault-kms://`.")
    static let aws = Setting(
        "aws", .section(AWSKeys.section), .optional("no `aws-kms`"), "AWS KMS, for `aws-kms://`.")
    static let gcp = Setting(
        "gcp", .section(GCPKeys.section), .optional("no `gcp-kms`"), "Google Cloud KMS, for `gcp-kms://`.")
    static let azure = Setting(
        "azure", .section(AzureKeys.section), .optional("no `azure-kms`"), "Azure Key Vault, for `azure-kms://`.")
    static let inMemory = Setting(
        "inMemory", .section(InMemoryKeys.section), .optional("no `in-memory-kms`"),
        "Keys in this process's memory, for `in-memory-kms://`: development only.")

    static let section = Section(
        "kms", "A pair's own `kms` stands in the place of the whole top one.",
        [
            keyTtlMs, maxUses, maxBytes, maxKeys, vault, aws, gcp, azure, inMemory,
        ])
}
