/// The way from the root of the file to a setting, as diagnostics write it: `pairs[1].encrypt.padding`.
struct SettingPath: Hashable, Sendable, CustomStringConvertible {
    let description: String

    static let root = SettingPath(description: "")

    func appending(_ name: String) -> SettingPath {
        SettingPath(description: description.isEmpty ? name : "\(description).\(name)")
    }

    func appending(_ index: Int) -> SettingPath {
        SettingPath(description: "\(description)[\(index)]")
    }
}
