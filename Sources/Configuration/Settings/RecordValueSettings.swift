/// The keys of `pairs[].encrypt.recordValue`.
enum RecordValueSettings {
    /// The most fields of a pair.
    static let limit = 1_000

    static let fields = Setting(
        "fields", .list(of: .section(FieldSettings.section), allowsEmpty: false), .required,
        "The fields to seal, at most \(limit). None may lie inside another or reach one that another reaches.")

    static let section = Section(
        "pairs[].encrypt.recordValue", "",
        [
            fields, PlannedSetting("payload", "a whole value"),
            PlannedSetting("compressionType", "for `payload`"),
        ])
}
