/// What a section of the file held: only valid values, each with its place.
struct SectionValue: Sendable {
    struct Marks: Sendable {
        let key: SourceMark
        let value: SourceMark
    }

    struct OpenMember: Sendable {
        let name: String
        let text: Located<ResolvedText>
    }

    /// Where the section begins.
    let mark: SourceMark
    let path: SettingPath
    var values: [String: any Sendable] = [:]
    var marks: [String: Marks] = [:]
    /// The keys beyond those that the section lists, in the order of the file.
    var open: [OpenMember] = []

    init(mark: SourceMark, path: SettingPath) {
        self.mark = mark
        self.path = path
    }

    /// The value given, else the default; nil where there is neither or the value given is not valid.
    subscript<Value>(setting: Setting<Value>) -> Value? {
        if let value = values[setting.name] { return value as? Value }
        guard !has(setting), case .defaulted(let value, _) = setting.presence else { return nil }
        return value
    }

    /// The value given with its place, but no default.
    func located<Value>(_ setting: Setting<Value>) -> Located<Value>? {
        guard let marks = marks[setting.name], let value = values[setting.name] as? Value else { return nil }
        return Located(value: value, mark: marks.value, path: path.appending(setting.name))
    }

    /// Whether the key is there, be its value valid or not.
    func has(_ setting: some SettingDescription) -> Bool {
        marks[setting.name] != nil
    }

    /// Where the key stands, or the section where it is absent.
    func mark(of setting: some SettingDescription) -> SourceMark {
        marks[setting.name]?.key ?? mark
    }

    func path(of setting: some SettingDescription) -> SettingPath {
        path.appending(setting.name)
    }
}
