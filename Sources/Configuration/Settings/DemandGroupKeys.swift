/// The keys of `pairs[].demand.groups`.
enum DemandGroupKeys {
    static let include = Setting(
        "include", .regularExpression, .optional("all"), "Only groups whose names match count.")
    static let exclude = Setting(
        "exclude", .regularExpression, .optional("none"), "Groups whose names match do not count.")

    static let section = Section(
        "pairs[].demand.groups", "POSIX extended regular expressions that match whole names of consumer groups.",
        [include, exclude])
}
