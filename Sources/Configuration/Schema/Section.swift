/// A mapping of the file: a table of the keys it may hold.
struct Section: Sendable {
    /// Its heading in the reference, such as `pairs[].encrypt`.
    let title: String
    /// What it is for, in Markdown.
    let summary: String
    /// The keys, in the order of the reference.
    let settings: [any SettingDescription]
    /// Keys beyond those, where there may be any.
    let open: OpenSettings?

    init(_ title: String, _ summary: String, _ settings: [any SettingDescription], open: OpenSettings? = nil) {
        self.title = title
        self.summary = summary
        self.settings = settings
        self.open = open
    }

    /// Reads a mapping; whatever is wrong in it has been said when this returns.
    func read(_ node: ConfigurationNode, _ reading: Reading) -> SectionValue? {
        let members: [ConfigurationNode.Member]
        switch node.content {
        case .mapping(let found): members = found
        case .null: members = []
        case .scalar, .list:
            reading.refuse(node, "found \(node.kind); allowed: a mapping with \(names)")
            return nil
        }
        var value = SectionValue(mark: node.mark, path: reading.path)
        for member in members {
            guard isPlausibleKey(member.name) else {
                diagnoseImplausible(member, reading)
                continue
            }
            read(member, reading.inside(member.name), into: &value)
        }
        for setting in settings where setting.isRequired && value.marks[setting.name] == nil {
            reading.refuse(node, "the key \"\(setting.name)\" is missing; allowed: \(setting.allowed)")
        }
        return value
    }

    private func read(_ member: ConfigurationNode.Member, _ reading: Reading, into value: inout SectionValue) {
        guard let setting = settings.first(where: { $0.name == member.name }) else {
            return readOpen(member, reading, into: &value)
        }
        value.marks[member.name] = SectionValue.Marks(key: member.mark, value: member.value.mark)
        value.values[member.name] = setting.read(member.value, reading)
    }

    private func readOpen(_ member: ConfigurationNode.Member, _ reading: Reading, into value: inout SectionValue) {
        if let open {
            value.marks[member.name] = SectionValue.Marks(key: member.mark, value: member.value.mark)
            guard let text = open.read(member, reading) else { return }
            let located = Located(value: text, mark: member.value.mark, path: reading.path)
            value.open.append(SectionValue.OpenMember(name: member.name, text: located))
            return
        }
        let known = settings.lazy.map(\.name)
        let advice =
            nearestName(to: member.name, among: known).map { "did you mean \"\($0)\"?" } ?? "allowed: \(names)"
        reading.diagnostics.error(at: member.mark, reading.path, "unknown key; \(advice)")
    }

    private func diagnoseImplausible(_ member: ConfigurationNode.Member, _ reading: Reading) {
        reading.diagnostics.error(
            at: member.mark, reading.path,
            "found a key that is not shown, since it is made of more than letters, digits, '.', '_' and '-'; is a space "
                + "missing after a colon? allowed: \(names)")
    }

    private var names: String {
        let known = settings.map(\.name)
        return (known + (open.map { [$0.meaning] } ?? [])).joined(separator: ", ")
    }
}
