/// Where a value is being read and whom to tell what is wrong with it.
struct Reading {
    let path: SettingPath
    let scalars: ScalarSource
    let diagnostics: DiagnosticCollector

    func inside(_ name: String) -> Reading {
        Reading(path: path.appending(name), scalars: scalars, diagnostics: diagnostics)
    }

    func inside(_ index: Int) -> Reading {
        Reading(path: path.appending(index), scalars: scalars, diagnostics: diagnostics)
    }

    func refuse(_ node: ConfigurationNode, _ message: String) {
        diagnostics.error(at: node.mark, path, message)
    }
}
