public import Formats

/// One rule of an encrypt pair, as it works out for records of one schema: for people.
public struct SealingEntry: Hashable, Sendable {
    /// Where a ciphertext goes.
    public enum Ciphertext: Hashable, Sendable {
        /// In the place of what it was made of.
        case inPlace
        /// Into the header of this name, beside a placeholder.
        case header(String)
    }

    /// What a rule seals, by its type.
    public struct Sealed: Hashable, Sendable {
        /// The type's name in the AAD: `json`, `payload`, `header`, or the Avro type's.
        public var type: String
        /// Where the ciphertext goes.
        public var ciphertext: Ciphertext
        /// What stands in the ciphertext's place; nil where the ciphertext itself does.
        public var placeholder: String?
    }

    /// The part of the record: `key`, `value` or `header`.
    public var part: String
    /// The field's path, or the pattern of headers' names; empty for a whole payload.
    public var path: String
    /// Why a schema chose it; nil where the configuration lists it.
    public var choice: TagChoice?
    /// The KEK's address, as it was configured or named.
    public var key: String
    /// How it is sealed.
    public var algorithm: String
    /// What it seals; empty where that depends on the schema of each record.
    public var sealed: [Sealed]
    /// Whether some record of the schema can have what it seals; nil where that can't be told.
    public var canMatch: Bool?
    /// What it reached in a sample: concrete paths, names of headers.
    public var matches: [String] = []
}
