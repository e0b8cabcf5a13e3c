/// The keys of `pairs[].encrypt.purgeSource`.
enum SourcePurgeKeys {
    static let afterMs = Setting(
        "afterMs", .integer(0...31_622_400_000), .required,
        "How long after its encrypted record was committed a record is deleted at the earliest, in milliseconds.")
    static let respectOtherGroups = Setting(
        "respectOtherGroups", .boolean, .defaulted(true),
        "Whether what other consumer groups have not read yet stays.")

    static let section = Section(
        "pairs[].encrypt.purgeSource",
        "Deletes records from the source once they are encrypted; never a record that a partition stands still at.",
        [afterMs, respectOtherGroups])
}
