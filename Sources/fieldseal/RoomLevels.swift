import ArgumentParser
import Logging

/// The least level of the log's lines: for all rooms of the program, or for some of them.
struct RoomLevels {
    /// The level of rooms that are not named.
    var others: Logger.Level
    /// The levels of named rooms.
    var rooms: [String: Logger.Level] = [:]

    /// A room and its level, as `--log-room` takes them.
    struct Room: ExpressibleByArgument {
        let name: String
        let level: Logger.Level

        init?(argument: String) {
            let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let level = Logger.Level(rawValue: String(parts[1])),
                Self.names.contains(String(parts[0]))
            else { return nil }
            name = String(parts[0])
            self.level = level
        }

        /// The rooms that write lines.
        static let names = ["Pipeline", "KeyManagement", "Operations", "fieldseal"]

        var defaultValueDescription: String { "\(name)=\(level)" }
    }

    /// The least of all: what is below it is not even made.
    var least: Logger.Level { rooms.values.min().map { min($0, others) } ?? others }

    /// Whether a line of `room` is written.
    func admit(_ level: Logger.Level, of room: String) -> Bool {
        level >= rooms[room] ?? others
    }
}

/// Writes the lines that the level of their room lets through.
struct RoomLevelHandler: LogHandler {
    private var handler: any LogHandler
    private let levels: RoomLevels

    init(_ handler: any LogHandler, levels: RoomLevels) {
        self.handler = handler
        self.levels = levels
        self.handler.logLevel = levels.least
    }

    var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        guard levels.admit(event.level, of: event.source) else { return }
        handler.log(event: event)
    }
}
