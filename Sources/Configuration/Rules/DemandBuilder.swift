import Pipeline

/// Makes a pair's demand of its section.
struct DemandBuilder {
    let root: SectionValue
    let pairs: PairSet
    let diagnostics: DiagnosticCollector

    /// The settings; nil where there are none or errors have been told.
    func build(_ pair: SectionValue) -> DemandSettings? {
        guard let section = pair[PairSettings.demand] else { return nil }
        check(section)
        let groups = section[DemandKeys.groups]
        return DemandSettings(
            consumers: section[DemandKeys.consumers] ?? true, leases: section[DemandKeys.leases] ?? false,
            idleAfterMilliseconds: section[DemandKeys.idleAfterMs] ?? 60_000,
            checkIntervalMilliseconds: section[DemandKeys.checkIntervalMs] ?? 5_000,
            purge: section[DemandKeys.purge] ?? .consumed,
            includedGroups: groups?[DemandGroupKeys.include], excludedGroups: groups?[DemandGroupKeys.exclude],
            // The others never count by their names; without them a pair that comes changes nothing for this one.
            ownGroups: Set(pairs.groups.filter { !$0.hasPrefix(DemandSettings.ownPrefix) }),
            maximumPlaintextAge: section[DemandKeys.maxPlaintextAgeMs],
            ownsTarget: section[DemandKeys.ownsTarget] ?? false)
    }

    private func check(_ section: SectionValue) {
        if section[DemandKeys.consumers] == false, section[DemandKeys.leases] == false {
            diagnostics.error(
                at: section.mark, section.path,
                "found neither consumers nor leases, so that the pair would never work; allowed: one of them or both")
        }
        guard !root.has(RootSettings.control) else { return }
        if section[DemandKeys.leases] == true {
            refuse(DemandKeys.leases, in: section, "leases are kept in the control topic")
        }
        if section.has(DemandKeys.maxPlaintextAgeMs) {
            refuse(DemandKeys.maxPlaintextAgeMs, in: section, "the age of records is noted in the control topic")
        }
    }

    private func refuse(_ setting: some SettingDescription, in section: SectionValue, _ reason: String) {
        diagnostics.error(
            at: section.mark(of: setting), section.path(of: setting),
            "\(reason), and the key \"control\" is missing; allowed: with control")
    }
}
