import Formats

/// The keys of `pairs[].encrypt.recordValue`.
enum RecordValueSettings {
    /// The most fields of a part.
    static let limit = 1_000

    static let fields = Setting(
        "fields", .list(of: .section(FieldSettings.section), allowsEmpty: false),
        .optional("none; `fields` or `payload` must be there"),
        "The fields to seal, at most \(limit). None may lie inside another or reach one that another reaches.")
    static let payload = Setting(
        "payload", .section(PayloadSettings.section), .optional("none"),
        "The whole value is sealed as one ciphertext, whatever its format.")
    static let compressionType = Setting(
        "compressionType", .choice(Compression.self), .defaulted(.none),
        "How a `payload` is compressed before it is sealed. The length of what is compressed tells of its content.")

    static let section = Section("pairs[].encrypt.recordValue", "", [fields, payload, compressionType])
}
