/// A scalar's text after `${NAME}` and `{file: path}` were replaced, and where it came from.
struct ResolvedText: Hashable, Sendable {
    /// Where the text came from.
    enum Origin: Hashable, Sendable {
        /// It stands in the configuration file.
        case written
        /// Some of it was read from the environment.
        case environment
        /// It was read from the file at this path.
        case file(String)
    }

    let text: String
    /// What a message may show: the text as it is written in the configuration file.
    let shown: String
    let origin: Origin

    /// Whether a message may quote the text itself.
    var isQuotable: Bool { origin == .written }
}
