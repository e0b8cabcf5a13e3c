import KeyManagement
import Records

/// What a `decrypt` pair does to each record.
public struct DecryptionRules: Sendable {
    /// What happens to a record that can't be decrypted for good.
    public enum ErrorPolicy: String, CaseIterable, Sendable {
        /// The encrypted record is passed on as it is.
        case returnEncrypted = "return_encrypted"
        /// The partition halts.
        case fail
    }

    /// What happens to a record without an envelope.
    public enum PlainPolicy: String, CaseIterable, Sendable {
        /// The partition halts.
        case halt
        /// The record is passed on as it is.
        case pass
    }

    /// The fields of the value to open, by the rule's path; empty for all.
    public var valueFields: [FieldPath]
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

    /// Makes rules.
    public init(
        valueFields: [FieldPath] = [], errorPolicy: ErrorPolicy = .returnEncrypted, plainPolicy: PlainPolicy = .halt,
        keks: [KeySecretPattern], acceptedTopics: [String] = [], schemaText: String? = nil
    ) {
        self.valueFields = valueFields
        self.errorPolicy = errorPolicy
        self.plainPolicy = plainPolicy
        self.keks = keks
        self.acceptedTopics = acceptedTopics
        self.schemaText = schemaText
    }
}
