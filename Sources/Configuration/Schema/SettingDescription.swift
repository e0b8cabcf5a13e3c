/// One row of a section's table: a key of the file, whatever type of value it has.
///
/// The same row validates a file and prints the reference, so that the two can't differ.
protocol SettingDescription: Sendable {
    /// The key.
    var name: String { get }
    /// What may stand there.
    var allowed: String { get }
    /// What holds where the key is absent, as the reference prints it; nil for nothing.
    var fallback: String? { get }
    /// Whether the key must be there.
    var isRequired: Bool { get }
    /// What it is for, in Markdown.
    var summary: String { get }
    /// The section it holds, where it holds one or a list of them.
    var section: Section? { get }

    /// Reads the value, or says what is wrong with it and returns nil.
    func read(_ node: ConfigurationNode, _ reading: Reading) -> (any Sendable)?
}
