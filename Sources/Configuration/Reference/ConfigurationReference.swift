/// The reference of all settings in Markdown, made of the tables that validate a file.
struct ConfigurationReference {
    private var sections: [Section] = []

    /// The reference, as `docs/configuration.md` holds it.
    static var markdown: String {
        var reference = ConfigurationReference()
        reference.collect(RootSettings.section)
        return reference.sections.map(Self.markdown).joined(separator: "\n")
    }

    /// A section comes before those that it holds, and only once however many hold it.
    private mutating func collect(_ section: Section) {
        guard !sections.contains(where: { $0.title == section.title }) else { return }
        sections.append(section)
        for setting in section.settings {
            if let inner = setting.section { collect(inner) }
        }
    }

    private static func markdown(_ section: Section) -> String {
        var lines = ["### \(section.title == RootSettings.section.title ? section.title : "`\(section.title)`")", ""]
        if !section.summary.isEmpty { lines += [section.summary, ""] }
        let settings = section.settings
        if !settings.isEmpty {
            lines += ["| key | value | default | meaning |", "|---|---|---|---|"] + settings.map(row) + [""]
        }
        if let open = section.open {
            lines += [settings.isEmpty ? "Keys: \(open.meaning)." : "Other keys: \(open.meaning).", ""]
        }
        return lines.joined(separator: "\n")
    }

    private static func row(_ setting: any SettingDescription) -> String {
        let fallback = setting.isRequired ? "**required**" : setting.fallback ?? ""
        let cells = ["`\(setting.name)`", value(of: setting), fallback, setting.summary]
        return "| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |"
    }

    private static func value(of setting: any SettingDescription) -> String {
        guard let section = setting.section else { return setting.allowed }
        return section.title.hasSuffix("[]") ? "a list of `\(section.title)`" : "`\(section.title)`"
    }
}
