import Transform

/// The keys of `pairs[].decrypt`.
enum DecryptSettings {
    static let recordValueFields = Setting(
        "recordValueFields", .list(of: .fieldPath), .optional("all"),
        "Which fields are opened, as the encrypt pair's `fieldName` spells them; the others stay sealed.")
    static let errorPolicy = Setting(
        "errorPolicy", .choice(DecryptionRules.ErrorPolicy.self, planned: ["dead_letter"]),
        .defaulted(.returnEncrypted),
        "What happens to a record that can't be decrypted. `return_encrypted` passes it on as it is; `fail` stops its "
            + "partition there.")
    static let onPlain = Setting(
        "onPlain", .choice(DecryptionRules.PlainPolicy.self, planned: ["dead_letter"]), .defaulted(.halt),
        "What happens to a record that is not encrypted.")
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

    static let section = Section(
        "pairs[].decrypt", "",
        [
            recordValueFields, errorPolicy, onPlain, keks, acceptTopics, format, schemaFile,
            PlannedSetting("recordKeyFields", "opening sealed keys"),
            PlannedSetting("recordHeaderFields", "opening sealed headers"),
            PlannedSetting("recordKey", "opening sealed keys"),
            PlannedSetting("acceptPartlyOpened", "records that another mirror opened in part"),
            PlannedSetting("maxPayloadBytes", "opening whole values"),
            PlannedSetting("deadLetterTopic", "for `dead_letter`"),
            PlannedSetting("deadLetterKeySecretId", "for `dead_letter`"),
        ])
}
