import Foundation

/// Lines for people, apart from what is piped on.
enum StandardError {
    /// Writes one line.
    static func write(_ line: String) {
        // Whoever took the lines may be gone; that must not end what runs.
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}
