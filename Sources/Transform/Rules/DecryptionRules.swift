import KeyManagement
import Records

/// What a `decrypt` pair does to each record.
public struct DecryptionRules: Sendable, Equatable {
    /// What happens to a record that can't be decrypted for good.
    public enum ErrorPolicy: String, CaseIterable, Sendable {
        /// The encrypted record is passed on as it is.
        case returnEncrypted = "return_encrypted"
        /// What a KMS refuses to open, or has no key for, gets a default value; for any other reason the partition halts.
        case defaultValue = "default_value"
        /// The record becomes a dead letter: to a transform the same as `fail`.
        case deadLetter = "dead_letter"
        /// The partition halts.
        case fail
    }

    /// What happens to a record without an envelope.
    public enum PlainPolicy: String, CaseIterable, Sendable {
        /// The partition halts.
        case halt
        /// The record becomes a dead letter: to a transform the same as `halt`.
        case deadLetter = "dead_letter"
        /// The record is passed on as it is.
        case pass
    }

    /// The fields of the value to open, by the rule's path; empty for all, and for a value that is sealed whole.
    public var valueFields: [FieldPath]
    /// The fields of the key to open, likewise.
    public var keyFields: [FieldPath]
    /// The names of the headers to open, in UTF-8; empty for all.
    public var headerNames: [String]
    /// What happens to a record that can't be decrypted.
    public var errorPolicy: ErrorPolicy
    /// What happens to a record without an envelope.
    public var plainPolicy: PlainPolicy
    /// The KEKs that may be asked to unwrap.
    public var keks: [KeySecretPattern]
    /// Topic names that an envelope may carry besides the topic that is read.
    public var acceptedTopics: [String]
    /// The Avro schema of values without framing, as JSON text.
    public var schemaText: String?
    /// The Avro schema of keys without framing, as JSON text.
    public var keySchemaText: String?
    /// Whether records that another pair has opened in part are opened further.
    public var acceptsPartlyOpened: Bool
    /// The most bytes that a compressed payload may decompress to.
    public var maximumPayloadBytes: Int

    /// `maximumPayloadBytes` unless it is set: 64 MiB.
    public static let defaultMaximumPayloadBytes = 64 << 20

    /// Makes rules.
    public init(
        valueFields: [FieldPath] = [], keyFields: [FieldPath] = [], headerNames: [String] = [],
        errorPolicy: ErrorPolicy = .returnEncrypted, plainPolicy: PlainPolicy = .halt, keks: [KeySecretPattern],
        acceptedTopics: [String] = [], schemaText: String? = nil, keySchemaText: String? = nil,
        acceptsPartlyOpened: Bool = false, maximumPayloadBytes: Int = DecryptionRules.defaultMaximumPayloadBytes
    ) {
        self.valueFields = valueFields
        self.keyFields = keyFields
        self.headerNames = headerNames
        self.errorPolicy = errorPolicy
        self.plainPolicy = plainPolicy
        self.keks = keks
        self.acceptedTopics = acceptedTopics
        self.schemaText = schemaText
        self.keySchemaText = keySchemaText
        self.acceptsPartlyOpened = acceptsPartlyOpened
        self.maximumPayloadBytes = maximumPayloadBytes
    }
}
