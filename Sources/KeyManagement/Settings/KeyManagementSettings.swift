/// One set of KMS credentials and how long the data keys obtained with it live.
public struct KeyManagementSettings: Sendable, Equatable {
    /// How long a data key is used before the KMS is asked again, in milliseconds; 0 for one KMS call per record.
    public var keyTtlMilliseconds: Int64
    /// Seals per data key, across all workers; at most 2^32.
    public var maxUses: Int
    /// Plaintext bytes per data key, across all workers; at most 2^44.
    public var maxBytes: Int
    /// Data keys kept for sealing, and again as many for opening.
    public var maxKeys: Int
    /// Vault or OpenBao.
    public var vault: VaultSettings?
    /// AWS KMS.
    public var aws: AWSSettings?
    /// Google Cloud KMS.
    public var gcp: GCPSettings?
    /// Azure Key Vault.
    public var azure: AzureSettings?
    /// Keys in memory, for development.
    public var inMemory: InMemorySettings?

    /// The largest `maxUses`.
    public static let maximumUses = 1 << 32
    /// The largest `maxBytes`.
    public static let maximumBytes = 1 << 44

    /// Makes settings.
    public init(
        keyTtlMilliseconds: Int64 = 3_600_000, maxUses: Int = 100_000_000, maxBytes: Int = 1 << 40,
        maxKeys: Int = 10_000, vault: VaultSettings? = nil, aws: AWSSettings? = nil, gcp: GCPSettings? = nil,
        azure: AzureSettings? = nil,
        inMemory: InMemorySettings? = nil
    ) {
        self.keyTtlMilliseconds = keyTtlMilliseconds
        self.maxUses = maxUses
        self.maxBytes = maxBytes
        self.maxKeys = maxKeys
        self.vault = vault
        self.aws = aws
        self.gcp = gcp
        self.azure = azure
        self.inMemory = inMemory
    }

    /// Whether key addresses of this kind can be used.
    public func isConfigured(_ provider: KeyManagementProvider) -> Bool {
        switch provider {
        case .vault: vault != nil
        case .aws: aws != nil
        case .inMemory: inMemory != nil
        case .gcp: gcp != nil
        case .azure: azure != nil
        }
    }
}
