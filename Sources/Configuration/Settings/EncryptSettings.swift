import Cryptography
import Transform

/// The keys of `pairs[].encrypt`.
enum EncryptSettings {
    /// What happens to a record that can't be encrypted.
    enum ErrorPolicy: String, CaseIterable, Sendable {
        case halt
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
        .optional("one of `recordValue`, `recordKey` and `recordHeader` must be there"), "What is sealed of values.")
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
    static let onError = Setting(
        "onError", .choice(ErrorPolicy.self, planned: ["dead_letter"]), .defaulted(.halt),
        "What happens where a record can't be encrypted. `halt`: its partition stops there, the others go on.")

    static let section = Section(
        "pairs[].encrypt", "",
        [
            format, schemaFile, schemaDataMode, padding, bindKey, recordValue, recordKey, recordHeader,
            allowCompactedKeys, onError,
            PlannedSetting("tags", "fields by their tags in the schema"),
            PlannedSetting("defaultKeySecretId", "for `tags`"),
            PlannedSetting("defaultAlgorithm", "for `tags`"),
            PlannedSetting("attributeNamespace", "for `tags`"),
            PlannedSetting("purgeSource", "deleting what was encrypted from the source"),
            PlannedSetting("deadLetterTopic", "for `onError: dead_letter`"),
            PlannedSetting("deadLetterKeySecretId", "for `onError: dead_letter`"),
        ])
}
