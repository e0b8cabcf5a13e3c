import Transform

/// The keys of `pairs[].decrypt`.
enum DecryptSettings {
    static let recordValueFields = Setting(
        "recordValueFields", .list(of: .fieldPath), .optional("all"),
        "Which fields are opened, as the encrypt pair's `fieldName` spells them; the others stay sealed.")
    static let recordKeyFields = Setting(
        "recordKeyFields", .list(of: .fieldPath), .optional("all"),
        "Which fields of the key are opened. While anything that is bound to a sealed key stays sealed, so does the key."
    )
    static let recordHeaderFields = Setting(
        "recordHeaderFields", .list(of: .text("a header's name")), .optional("all"),
        "Which headers are opened, by name.")
    static let errorPolicy = Setting(
        "errorPolicy", .choice(DecryptionRules.ErrorPolicy.self),
        .defaulted(.returnEncrypted),
        "What happens to a record that can't be decrypted. `return_encrypted` passes it on as it is; `default_value` "
            + "opens what it can and puts default values where the KMS refuses or lacks the KEK, and is as `fail` for all "
            + "else; `dead_letter` seals the whole record for `deadLetterTopic`; `fail` stops its partition there.")
    static let onPlain = Setting(
        "onPlain", .choice(DecryptionRules.PlainPolicy.self), .defaulted(.halt),
        "What happens to a record that is not encrypted.")
    static let deadLetterTopic = Setting(
        "deadLetterTopic", .topic, .optional("required with `dead_letter`"),
        "Where records go that can't be decrypted, or are plain; of this pair alone, made when missing.")
    static let deadLetterKeySecretId = Setting(
        "deadLetterKeySecretId", .keyTemplate, .optional("required with `dead_letter`"),
        "The KEK of dead letters, without templates. Whoever may use it can read whole records.")
    static let keks = Setting(
        "keks", .list(of: .keyPattern, allowsEmpty: false),
        .optional("the keys of the encrypt pairs in this file that write the source"),
        "The only KEKs that are used, whatever a record names. `*` stands for part of one segment.")
    static let acceptTopics = Setting(
        "acceptTopics", .list(of: .topic), .optional("none"),
        "Other topics that a record may have been encrypted for, where the source is a copy of them.")
    static let format = Setting(
        "format", .payloadFormat, .defaulted(.auto),
        "What the values are, for the check; each record's envelope says how it is read.")
    static let schemaFile = Setting(
        "schemaFile", .file, .optional("the registry is asked"), "The Avro schema of values without framing.")
    static let recordKey = Setting(
        "recordKey", .section(DecryptKeySettings.section), .optional("none"), "How keys are read.")
    static let acceptPartlyOpened = Setting(
        "acceptPartlyOpened", .boolean, .defaulted(false),
        "Whether records that another mirror opened in part are opened further. What they say of that is not "
            + "authenticated: whoever writes to the source can make a ciphertext pass for a plain value.")
    static let maxPayloadBytes = Setting(
        "maxPayloadBytes", .integer(1...Int(Int32.max)), .defaulted(DecryptionRules.defaultMaximumPayloadBytes),
        "The most bytes that a compressed key or value may decompress to; a larger one is refused.")

    static let section = Section(
        "pairs[].decrypt", "",
        [
            recordValueFields, recordKeyFields, recordHeaderFields, errorPolicy, onPlain, keks, acceptTopics, format,
            schemaFile, recordKey, acceptPartlyOpened, maxPayloadBytes, deadLetterTopic, deadLetterKeySecretId,
        ])
}
