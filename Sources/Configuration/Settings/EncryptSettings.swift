import Cryptography
import Transform

/// The keys of `pairs[].encrypt`.
enum EncryptSettings {
    /// What happens to a record that can't be encrypted.
    enum ErrorPolicy: String, CaseIterable, Sendable {
        case halt
        case deadLetter = "dead_letter"
    }

    static let format = Setting(
        "format", .payloadFormat, .defaulted(.auto),
        "How values are read. `auto`: framed where the first byte is 0x00 (the registry says which format); else Avro "
            + "where `schemaFile` is given; else JSON.")
    static let schemaFile = Setting(
        "schemaFile", .file, .optional("the registry is asked"), "The Avro schema of values without framing.")
    static let schemaDataMode = Setting(
        "schemaDataMode", .choice(SchemaDataMode.self), .defaulted(.preserveAvro),
        "What an encrypted Avro record looks like. `preserve_avro`: it stays Avro under the same schema. `convert_json`: it "
            + "becomes JSON text, and decryption restores the original bytes. JSON Schema and Protobuf always become JSON text."
    )
    static let padding = Setting(
        "padding", .integer(0...256), .defaulted(16),
        "Values are padded to a multiple of this many bytes, so that a ciphertext tells less of their length; "
            + "0 for none.")
    static let bindKey = Setting(
        "bindKey", .boolean, .defaulted(true),
        "Whether a ciphertext opens only in a record with the same key.")
    static let recordValue = Setting(
        "recordValue", .section(RecordValueSettings.section),
        .optional("one of `recordValue`, `recordKey`, `recordHeader` and `tags` must be there"),
        "What is sealed of values.")
    static let recordKey = Setting(
        "recordKey", .section(RecordKeySettings.section), .optional("nothing"),
        "What is sealed of keys. The same key gives another ciphertext each time: see formats.md for what that does to "
            + "compaction and joins.")
    static let recordHeader = Setting(
        "recordHeader", .oneOrList(of: .section(RecordHeaderSettings.section)), .optional("none"),
        "Which headers are sealed: one entry, or a list of them.")
    static let allowCompactedKeys = Setting(
        "allowCompactedKeys", .boolean, .defaulted(false),
        "Whether `recordKey` may be used with a compacted target, which then keeps every record.")
    static let tags = Setting(
        "tags", .list(of: .text("a tag"), allowsEmpty: false), .optional("no tags"),
        "Seals the fields of values that their schemas give one of these tags, or a key or algorithm of their own. Values "
            + "without a schema are refused then.")
    static let defaultKeySecretId = Setting(
        "defaultKeySecretId", .keyTemplate, .optional("required with `tags`"),
        "The KEK of fields that are chosen by their tags and name none themselves.")
    static let defaultAlgorithm = Setting(
        "defaultAlgorithm", .choice(Algorithm.self), .defaulted(.aes128GCM),
        "How fields are sealed that are chosen by their tags and name no algorithm themselves.")
    static let attributeNamespace = Setting(
        "attributeNamespace", .attributeNamespace, .defaulted("fieldseal."),
        "What the names of Fieldseal's own attributes in schemas begin with: `tags`, `keySecretId` and `algorithm` follow."
    )
    static let keks = Setting(
        "keks", .list(of: .keyPattern), .optional("the keys without templates that this section names"),
        "Further KEKs that a schema may name for its fields. `*` stands for part of one segment.")
    static let onError = Setting(
        "onError", .choice(ErrorPolicy.self), .defaulted(.halt),
        "What happens where a record can't be encrypted. `halt`: its partition stops there, the others go on. "
            + "`dead_letter`: the whole record is sealed and goes to `deadLetterTopic`; where that can't be done, the "
            + "partition stops.")
    static let deadLetterTopic = Setting(
        "deadLetterTopic", .topic, .optional("required with `onError: dead_letter`"),
        "Where records go that can't be encrypted; of this pair alone, made when missing.")
    static let deadLetterKeySecretId = Setting(
        "deadLetterKeySecretId", .keyTemplate, .optional("required with `onError: dead_letter`"),
        "The KEK of dead letters, without templates. Whoever may use it can read whole records.")

    static let purgeSource = Setting(
        "purgeSource", .section(SourcePurgeKeys.section), .optional("the source keeps its records"),
        "Deletes records from the source once they are encrypted.")

    static let section = Section(
        "pairs[].encrypt", "",
        [
            format, schemaFile, schemaDataMode, padding, bindKey, recordValue, recordKey, recordHeader,
            allowCompactedKeys, tags, defaultKeySecretId, defaultAlgorithm, attributeNamespace, keks, onError,
            deadLetterTopic, deadLetterKeySecretId, purgeSource,
        ])
}
