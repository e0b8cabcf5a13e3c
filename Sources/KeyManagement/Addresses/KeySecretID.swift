/// The address of a KEK, such as `vault-kms://vault:8200/transit/keys/pii`.
///
/// The text is kept as written: it is what a record's envelope carries, and two addresses are equal when their texts are.
/// It names a host at most to be compared with the configuration; nothing is ever dialled from it.
public struct KeySecretID: Hashable, Sendable, CustomStringConvertible {
    /// What the text says, by kind.
    public enum Address: Hashable, Sendable {
        /// `vault-kms://HOST[:PORT]/MOUNT.../keys/NAME`; `host` includes the port where one is written.
        case vault(host: String, mount: String, name: String)
        /// `aws-kms://ARN`, the ARN of a key or an alias.
        case aws(arn: String, region: String)
        /// `gcp-kms://projects/P/locations/L/keyRings/R/cryptoKeys/K`; `resource` is what follows the prefix.
        case gcp(resource: String)
        /// `azure-kms://VAULT_HOST/keys/NAME[/VERSION]`.
        case azure(host: String, name: String, version: String?)
        /// `in-memory-kms://NAME`.
        case inMemory(name: String)
    }

    /// The address as written.
    public let text: String
    /// The kind of KMS.
    public let provider: KeyManagementProvider
    /// The parts.
    public let address: Address
    /// Where the key's name stands in the text, in bytes: the one place where a template may be.
    let nameRange: Range<Int>

    /// The longest address that is accepted, in bytes.
    public static let maximumLength = 1024

    /// The address as written.
    public var description: String { text }

    /// Parses an address; throws where the prefix is unknown or the rest malformed.
    public init(parsing text: String) throws(KeySecretError) {
        guard let provider = KeyManagementProvider.allCases.first(where: { text.hasPrefix($0.prefix) }) else {
            throw .unknownPrefix(text: text)
        }
        guard text.utf8.count <= Self.maximumLength else {
            throw .malformed(text: text, reason: "it is longer than \(Self.maximumLength) bytes")
        }
        var parser = KeySecretIDParser(text: text, rest: text.utf8.dropFirst(provider.prefix.utf8.count))
        self.text = text
        self.provider = provider
        address = try parser.parse(provider)
        nameRange = parser.nameRange
    }

    /// Parses the address that a record carries; throws as `init(parsing:)` does.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(KeySecretError) {
        // Invalid UTF-8 becomes replacement characters, which no part of an address may hold.
        try self.init(parsing: String(decoding: bytes.prefix(Self.maximumLength + 1), as: UTF8.self))
    }

    /// Two addresses are equal when their texts are.
    public static func == (left: KeySecretID, right: KeySecretID) -> Bool { left.text == right.text }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
