/// A value that was read, with its place for the rules that look at several values together.
struct Located<Value: Sendable>: Sendable {
    let value: Value
    let mark: SourceMark
    let path: SettingPath
}
