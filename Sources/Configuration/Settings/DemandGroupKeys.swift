/// The keys of `pairs[].demand.groups`.
enum DemandGroupKeys {
    static let include = Setting(
        "include", .regularExpression, .optional("all"), "Only groups whose names match count.")
    static let exclude = Setting(
        "exclude", .regularExpression, .optional("none"), "Groups whose names match do not count.")

    static let section = Section(
        "pairs[].demand.groups",
        "Perl-compatible regular expressions (PCRE2) that match whole names of consumer groups.",
        [include, exclude])
}
