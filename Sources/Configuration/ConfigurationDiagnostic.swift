/// One thing that is wrong, or doubtful, at one place of a configuration file.
///
/// A message never holds a secret: what was read from the environment or from a file is shown as it was written
/// (`${NAME}`), and the value of a secret setting not at all.
public struct ConfigurationDiagnostic: Hashable, Sendable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable {
        /// The configuration is used, but a person should know.
        case warning
        /// The configuration is refused.
        case error
    }

    /// How bad it is.
    public let severity: Severity
    /// The configuration file, as it was named.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column, from 1, in Unicode scalars.
    public let column: Int
    /// Which setting, such as `pairs[1].encrypt.recordValue.fields[0].keySecretId`; empty for the file as a whole.
    public let path: String
    /// What was found and what is allowed.
    public let message: String

    /// The way compilers say it: `file:line:column: error: path: message`.
    public var description: String {
        "\(file):\(line):\(column): \(severity.rawValue): \(path.isEmpty ? "" : "\(path): ")\(message)"
    }
}
