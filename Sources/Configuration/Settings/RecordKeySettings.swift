import Formats

/// The keys of `pairs[].encrypt.recordKey`.
enum RecordKeySettings {
    static let format = Setting(
        "format", .payloadFormat, .defaulted(.auto), "How keys are read, as `format` says of values.")
    static let schemaFile = Setting(
        "schemaFile", .file, .optional("the registry is asked"), "The Avro schema of keys without framing.")
    static let fields = Setting(
        "fields", .list(of: .section(FieldSettings.section), allowsEmpty: false),
        .optional("none; `fields` or `payload` must be there"), "The fields to seal, as in `recordValue`.")
    static let payload = Setting(
        "payload", .section(PayloadSettings.section), .optional("none"), "The whole key is sealed as one ciphertext.")
    static let compressionType = Setting(
        "compressionType", .choice(Compression.self), .defaulted(.none),
        "How a `payload` is compressed before it is sealed.")

    static let section = Section(
        "pairs[].encrypt.recordKey", "", [format, schemaFile, fields, payload, compressionType])
}
