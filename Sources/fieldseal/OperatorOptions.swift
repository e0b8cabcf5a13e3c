import ArgumentParser
import Configuration
import Foundation
import Logging
import Pipeline

/// The options of every subcommand that changes what pairs do.
struct OperatorOptions: ParsableArguments {
    @Option(name: .customLong("as"), help: "Who you are, for the audit trail; your login name where it is left out.")
    var actor: String = Self.loginName

    @Option(help: "Why, for the audit trail and for whoever looks at the pair.")
    var reason: String

    /// The longest of either, in bytes.
    private static let longest = 1_000

    func validate() throws {
        for (name, text) in [("--as", actor), ("--reason", reason)] {
            let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            guard isPlain, !text.allSatisfy(\.isWhitespace), text.utf8.count <= Self.longest else {
                throw ValidationError("\(name) takes a text of one line, of at most \(Self.longest) bytes.")
            }
        }
    }

    static var loginName: String {
        let name = NSUserName()
        return name.isEmpty ? "uid \(getuid())" : name
    }
}

/// The control topic, as a subcommand uses it.
struct ControlAccess {
    /// The topic, read to its end.
    let topic: ControlTopic
    /// How long Kafka may take to answer, in milliseconds.
    static let timeout = 20_000

    /// Reads the topic; prints why and exits where there is none or it can't be read.
    init(_ configuration: FieldsealConfiguration) throws {
        guard let control = configuration.control else {
            StandardError.write(
                "error: the configuration has no 'control', so that nothing can be told to running processes; add "
                    + "control: {topic: NAME}, and restart them")
            throw ExitStatus.configuration
        }
        var logger = Logger(label: "fieldseal") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        topic = ControlTopic(topic: control.topic, kafka: control.kafka, logger: logger)
        try Self.telling { () throws(PipelineError) in try topic.open(within: Self.timeout) }
    }

    /// Writes an entry, or prints why that failed and exits.
    func put(_ entry: ControlEntry) throws {
        try Self.telling { () throws(PipelineError) in try topic.put(entry, within: Self.timeout) }
    }

    /// Takes an entry back, or prints why that failed and exits.
    func remove(_ key: ControlEntry.Key) throws {
        try Self.telling { () throws(PipelineError) in try topic.remove(key, within: Self.timeout) }
    }

    /// Does what may fail; prints why and exits where it does.
    static func telling<Result>(_ body: () throws(PipelineError) -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            StandardError.write("error: \(error)")
            throw error.exitStatus
        }
    }

    /// Milliseconds since the Unix epoch.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
