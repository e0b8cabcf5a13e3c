import ArgumentParser
import Logging

/// How lines of the log are written.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    /// For a terminal.
    case text
    /// One JSON object a line, for a log store.
    case json

    /// Makes what writes to standard error.
    func makeHandler(label: String) -> any LogHandler {
        switch self {
        case .text: StreamLogHandler.standardError(label: label)
        case .json: JSONLogHandler(label: label)
        }
    }
}
