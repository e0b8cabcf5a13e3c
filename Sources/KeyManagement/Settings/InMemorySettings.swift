import Records

/// The keys of `in-memory-kms`, for development.
public struct InMemorySettings: Sendable, Equatable {
    /// Keys by name, each 32 bytes.
    public var keys: [String: SecretBytes]
    /// Names of keys made at start and lost at exit.
    public var randomKeys: [String]

    /// Makes settings.
    public init(keys: [String: SecretBytes] = [:], randomKeys: [String] = []) {
        self.keys = keys
        self.randomKeys = randomKeys
    }
}
