/// What differs between the configuration that runs and another.
///
/// Pairs are told apart by their names. Settings that a process takes once, at its start, can't change under it.
public struct ConfigurationChange: Hashable, Sendable {
    /// Pairs that come, in the order of the new configuration.
    public var added: [String] = []
    /// Pairs that go, in the order of the old one.
    public var removed: [String] = []
    /// Pairs whose settings are others now, in the order of the new one.
    public var changed: [String] = []
    /// Top-level keys whose change takes a restart.
    public var needsRestart: [String] = []

    /// Compares two configurations.
    public init(from old: FieldsealConfiguration, to new: FieldsealConfiguration) {
        let former = Dictionary(uniqueKeysWithValues: old.pairs.map { ($0.topics.name, $0) })
        for pair in new.pairs {
            let name = pair.topics.name
            guard let before = former[name] else {
                added.append(name)
                continue
            }
            if before != pair { changed.append(name) }
        }
        let names = Set(new.pairs.map(\.topics.name))
        removed = old.pairs.map(\.topics.name).filter { !names.contains($0) }
        if old.instance != new.instance { needsRestart.append("instance") }
        if old.leavesOnShutdown != new.leavesOnShutdown { needsRestart.append("onShutdown") }
        if old.audit != new.audit { needsRestart.append("audit") }
        if old.control != new.control { needsRestart.append("control") }
        if old.admin != new.admin { needsRestart.append("admin") }
    }

    /// Whether nothing differs that matters while a process runs.
    public var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty && needsRestart.isEmpty }
}
