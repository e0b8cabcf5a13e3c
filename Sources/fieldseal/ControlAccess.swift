import ArgumentParser
import Configuration
import Foundation
import Logging
import Pipeline

/// The control topic and the audit trail, as a subcommand uses them.
struct ControlAccess {
    /// The topic, read to its end.
    let topic: ControlTopic
    private let audit: AuditJournal
    /// How long Kafka may take to answer, in milliseconds.
    static let timeout = 20_000
    /// How long the last audit events may take, in milliseconds.
    private static let auditPatience: Int64 = 5_000

    /// Reads the topic; prints why and exits where there is none or it can't be read.
    init(_ configuration: FieldsealConfiguration) async throws {
        guard let control = configuration.control else {
            StandardError.write(
                "error: the configuration has no 'control', so that nothing can be told to running processes; add "
                    + "control: {topic: NAME}, and restart them")
            throw ExitStatus.configuration
        }
        var logger = Logger(label: "fieldseal") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        audit = AuditJournal(configuration.audit, instance: configuration.instance, logger: logger)
        topic = ControlTopic(topic: control.topic, kafka: control.kafka, logger: logger)
        try Self.telling { () throws(PipelineError) in try topic.open(within: Self.timeout) }
        do {
            try await audit.start()
        } catch {
            StandardError.write("error: \(error)")
            throw error.exitStatus
        }
    }

    /// Writes an entry, or prints why that failed and exits.
    func put(_ entry: ControlEntry) throws {
        try Self.telling { () throws(PipelineError) in try topic.put(entry, within: Self.timeout) }
    }

    /// Takes an entry back, or prints why that failed and exits.
    func remove(_ key: ControlEntry.Key) throws {
        try Self.telling { () throws(PipelineError) in try topic.remove(key, within: Self.timeout) }
    }

    /// Both, for what works with them; to be finished.
    var services: PairServices { PairServices(audit: audit, control: topic) }

    /// Puts on record what was done.
    func record(_ event: AuditEvent) async {
        audit.record(event)
        await finish()
    }

    /// Waits until what was put on record lasts.
    func finish() async {
        await audit.stop(within: Self.auditPatience)
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
