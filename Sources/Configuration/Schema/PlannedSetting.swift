/// A key that belongs to the format but whose feature this version lacks.
///
/// It is refused rather than ignored: a file that asks for sealed dead letters must not run without them. To enable
/// one, replace it in its section's table by a `Setting`.
struct PlannedSetting: SettingDescription {
    let name: String
    let summary: String

    init(_ name: String, _ summary: String) {
        self.name = name
        self.summary = summary
    }

    var allowed: String { "nothing in this version" }
    var fallback: String? { nil }
    var isRequired: Bool { false }
    var isPlanned: Bool { true }
    var section: Section? { nil }

    func read(_ node: ConfigurationNode, _ reading: Reading) -> (any Sendable)? { nil }
}
