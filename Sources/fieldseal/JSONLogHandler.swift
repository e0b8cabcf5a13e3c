import Foundation
import Logging

/// Writes each line of the log as one JSON object: `time`, `level`, `logger`, `room`, `message` and, under `data`, what belongs to
/// it.
struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()

    init(label: String) {
        self.label = label
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    private struct Line: Encodable {
        var time: String
        var level: String
        var logger: String
        var room: String
        var message: String
        var data: [String: String]?
    }

    func log(event: LogEvent) {
        let data = metadata.merging(event.metadata ?? [:]) { _, own in own }.mapValues { "\($0)" }
        let line = Line(
            time: Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            level: event.level.rawValue, logger: label, room: event.source,
            message: "\(event.message)", data: data.isEmpty ? nil : data)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Text alone, which can always be encoded.
        guard let json = try? encoder.encode(line) else { return }
        // Whoever took the lines may be gone; that must not end what runs.
        try? FileHandle.standardError.write(contentsOf: json + [0x0A])
    }
}
