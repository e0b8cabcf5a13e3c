import Records

/// The keys of each of `pairs[].encrypt.recordHeader`.
enum RecordHeaderSettings {
    static let header = Setting(
        "header", .regularExpression, .required,
        "The headers to seal: a Perl-compatible regular expression (PCRE2) that matches the whole name. Of several that match, "
            + "the first one counts; `fieldseal.*` is never matched.")
    static let payload = Setting(
        "payload", .section(PayloadSettings.section), .required, "How they are sealed, each for itself.")

    static let section = Section("pairs[].encrypt.recordHeader[]", "", [header, payload])
}
