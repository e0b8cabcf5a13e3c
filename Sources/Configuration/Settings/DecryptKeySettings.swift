/// The keys of `pairs[].decrypt.recordKey`.
enum DecryptKeySettings {
    static let format = Setting(
        "format", .payloadFormat, .defaulted(.auto),
        "What the keys are, for the check; each record's envelope says how it is read.")
    static let schemaFile = Setting(
        "schemaFile", .file, .optional("the registry is asked"), "The Avro schema of keys without framing.")

    static let section = Section("pairs[].decrypt.recordKey", "", [format, schemaFile])
}
