/// Gathers what is wrong, so that all of it is told at once.
final class DiagnosticCollector {
    /// More errors than a person reads; what lies beyond is counted, not kept.
    private static let limit = 500

    let file: String
    private var kept: [ConfigurationDiagnostic] = []
    private var dropped = 0

    init(file: String) {
        self.file = file
    }

    /// Whether the configuration must be refused.
    private(set) var hasErrors = false

    func error(at mark: SourceMark, _ path: SettingPath, _ message: String) {
        hasErrors = true
        keep(.error, mark, path, message)
    }

    func warning(at mark: SourceMark, _ path: SettingPath, _ message: String) {
        keep(.warning, mark, path, message)
    }

    /// Everything gathered, in the order of the file.
    var diagnostics: [ConfigurationDiagnostic] {
        let sorted = kept.enumerated().sorted {
            ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
        }
        guard dropped > 0, let last = sorted.last?.element else { return sorted.map(\.element) }
        let note = ConfigurationDiagnostic(
            severity: .error, file: file, line: last.line, column: last.column, path: "",
            message: "\(dropped) more like these")
        return sorted.map(\.element) + [note]
    }

    private func keep(
        _ severity: ConfigurationDiagnostic.Severity, _ mark: SourceMark, _ path: SettingPath, _ message: String
    ) {
        guard kept.count < Self.limit else {
            dropped += 1
            return
        }
        let diagnostic = ConfigurationDiagnostic(
            severity: severity, file: file, line: mark.line, column: mark.column, path: path.description,
            message: message)
        if !kept.contains(diagnostic) { kept.append(diagnostic) }
    }
}
