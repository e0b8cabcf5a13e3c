import Cryptography
import KeyManagement

/// What an `encrypt` pair does to each record.
public struct EncryptionRules: Sendable, Equatable {
    /// What is sealed of the key.
    public var key: PartRule
    /// What is sealed of the value.
    public var value: PartRule
    /// Which headers are sealed; the first rule that matches a name counts.
    public var headers: [HeaderRule]
    /// Plaintexts of fields are padded to a multiple of this many bytes (ISO/IEC 7816-4), 1 to 256; 0 for no padding.
    public var padding: Int
    /// Whether ciphertexts are bound to the record's key.
    public var bindsKey: Bool
    /// Whether records whose keys are sealed may go to a compacted topic, where no record then replaces another.
    public var allowsCompactedKeys = false

    /// Makes rules.
    public init(
        key: PartRule = PartRule(.nothing), value: PartRule, headers: [HeaderRule] = [], padding: Int = 16,
        bindsKey: Bool = true
    ) {
        self.key = key
        self.value = value
        self.headers = headers
        self.padding = padding
        self.bindsKey = bindsKey
    }

    /// Makes rules that seal fields of the value and nothing else.
    public init(
        format: PayloadFormat = .auto, valueFields: [FieldRule], padding: Int = 16, bindsKey: Bool = true,
        schemaText: String? = nil, schemaDataMode: SchemaDataMode = .preserveAvro, tags: TagRule? = nil
    ) {
        self.init(
            value: PartRule(
                .fields(valueFields), format: format, schemaText: schemaText, schemaDataMode: schemaDataMode,
                tags: tags),
            padding: padding, bindsKey: bindsKey)
    }

    /// Every key address of the rules with its algorithm, in the order key, value, headers.
    public var keys: [(template: KeySecretTemplate, algorithm: Algorithm)] {
        [key, value].flatMap { part -> [(KeySecretTemplate, Algorithm)] in
            switch part.sealing {
            case .nothing: []
            case .payload(let rule): [(rule.key, rule.algorithm)]
            case .fields(let fields):
                fields.map { ($0.key, $0.algorithm) } + (part.tags.map { [($0.key, $0.algorithm)] } ?? [])
            }
        } + headers.map { ($0.key, $0.algorithm) }
    }

    /// Every key address of the rules, in the same order.
    public var keyTemplates: [KeySecretTemplate] { keys.map(\.template) }
}
