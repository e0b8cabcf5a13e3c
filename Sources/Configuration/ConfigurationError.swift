/// Why a configuration file is refused: everything that is wrong with it.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The errors and the warnings, in the order of their lines; at least one is an error.
    public let diagnostics: [ConfigurationDiagnostic]

    /// One line for each.
    public var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}
