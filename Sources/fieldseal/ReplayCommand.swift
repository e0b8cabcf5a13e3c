import ArgumentParser
import Configuration
import Logging
import Pipeline
import Records
import Synchronization
import Transform

/// `fieldseal replay`: puts dead letters back.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Puts dead letters back: transforms their records again and writes what succeeds to the target.",
        discussion: """
            Reads the pair's dead-letter topic from where the last replay ended to its end of now. What succeeds under \
            this configuration goes to the end of the record's own partition of the target; what still fails stays in \
            the dead-letter topic for the next replay, and is printed as a line of JSON. Killed at any point, the next \
            replay goes on where this one was; nothing is written twice.

            Records come later than they would have: a consumer that keeps the last value of a key may get an old one.

            Exits with 0 at the end of the letters or after SIGINT and SIGTERM, with 3 where some stay.

            Example:
              fieldseal replay -c fieldseal.yaml --pair customers --from-dead-letters --reason "schema registered"
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var who: OperatorOptions

    @Option(help: "The pair.")
    var pair: String

    @Flag(help: "Read the pair's dead letters; there is nothing else to replay.")
    var fromDeadLetters = false

    @Option(help: "How long a record may wait for a KMS or the registry: 500ms, 30s, 2m.")
    var timeout: TimeSpan = TimeSpan(milliseconds: 30_000)

    /// How long the last audit events may take, in milliseconds.
    private static let auditPatience: Int64 = 5_000

    func validate() throws {
        guard fromDeadLetters else { throw ValidationError("Say --from-dead-letters.") }
    }

    func run() async throws {
        let configuration = try options.load()
        let index = try configuration.index(ofPair: pair)
        var logger = Logger(label: "fieldseal") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let audit = AuditJournal(configuration.audit, instance: configuration.instance, logger: logger)
        do {
            try await audit.start()
        } catch {
            StandardError.write("error: \(error)")
            throw error.exitStatus
        }
        let outcome = Result { () throws(PipelineError) in try replay(configuration, index, logger) }
        let report = (try? outcome.get()) ?? DeadLetterReplay.Report()
        audit.record(
            AuditEvent(
                .replayed, pair: pair, actor: who.actor, purpose: who.reason,
                details: ["replayed": "\(report.replayed)", "remaining": "\(report.remaining)"]))
        await audit.stop(within: Self.auditPatience)
        try ControlAccess.telling { () throws(PipelineError) in _ = try outcome.get() }
        let unread = report.unread > 0 ? ", \(report.unread) offsets not looked at: the same command goes on there" : ""
        StandardError.write("\(pair): \(report.replayed) replayed, \(report.remaining) stay\(unread)")
        if report.remaining > 0 { throw ExitStatus.recordsFailed }
    }

    /// Whether somebody wants the replay to end.
    private final class StopRequest: Sendable {
        private let made = Atomic(false)

        var isMade: Bool { made.load(ordering: .relaxed) }

        func make() { made.store(true, ordering: .relaxed) }
    }

    private func replay(
        _ configuration: FieldsealConfiguration, _ index: Int, _ logger: Logger
    ) throws(PipelineError) -> DeadLetterReplay.Report {
        let topics = configuration.pairs[index].topics
        guard let rules = topics.deadLetters?.rules else {
            throw .configuration(
                pair: pair, message: "it has no deadLetterTopic and deadLetterKeySecretId, so no dead letters.")
        }
        let replay: DeadLetterReplay
        let assembly: Assembly
        do {
            assembly = try Assembly(configuration, logger: logger)
            let tools = DeadLetterReplay.Tools(
                opener: try assembly.deadLetterOpener(ofPair: index, rules: rules),
                sealer: try assembly.deadLetterSealer(ofPair: index, rules: rules)
            ) { try assembly.transform(ofPair: index, target: $0.target) }
            replay = try DeadLetterReplay(
                pair: topics, tools: tools, patience: timeout.milliseconds, logger: logger)
        } catch let error as PipelineError {
            throw error
        } catch {
            throw .transform(pair: pair, error)
        }
        defer { assembly.shutDown() }
        let stop = StopRequest()
        let signals = StopSignals { stop.make() }
        defer { signals.cancel() }
        var told = JobProgress()
        return try replay.run(
            isStopRequested: { stop.isMade },
            onProgress: { told.tell(records: $0.replayed + $0.remaining, remaining: $0.unread) }, Self.tell)
    }

    /// One line, as `transform` prints it for a record that fails.
    private static func tell(_ failure: DeadLetterReplay.Failure) {
        let line = OutputBuffer(capacity: 512)
        let origin = RecordLine(
            partition: failure.partition, offset: failure.offset, value: nil)
        RecordLine.write(failure.error, origin: origin, to: line)
        line.append(UInt8(ascii: "\n"))
        _ = StandardOutput.write(line.bytes)
    }
}
