import ArgumentParser
import Configuration
import KeyManagement
import Logging
import Operations
import Pipeline
import ServiceLifecycle
import Transform

/// `fieldseal run`: the stream processor.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Encrypts and decrypts topics as the configuration says, until it is stopped.",
        discussion: """
            Runs every pair of the configuration, or those named by --pair, until SIGTERM or SIGINT: then each worker
            finishes its transaction, within ten seconds, and the command exits with 0.

            Examples:
              fieldseal run -c fieldseal.yaml
              fieldseal run -c fieldseal.yaml --pair customers --pair customers-clear
              POD_NAME=fieldseal-0 fieldseal run -c fieldseal.yaml --log-level debug
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "Run only this pair; may be given several times.")
    var pair: [String] = []

    @Option(help: "The least level of lines in the log: trace, debug, info, notice, warning, error, critical.")
    var logLevel: Logger.Level = .info

    @Option(help: "How lines of the log are written: text, or json for one object a line.")
    var logFormat = LogFormat.text

    /// How long the last audit events may take at a stop, in milliseconds.
    private static let auditPatience: Int64 = 3_000

    /// How long Kafka, a KMS and a required audit trail may take when a record is looked at, in milliseconds.
    private static let lookPatience = 10_000

    func run() async throws {
        let configuration = try options.load()
        let chosen = try pair.isEmpty ? Array(configuration.pairs.indices) : pair.map(configuration.index(ofPair:))
        let logger = makeLogger()
        let audit = AuditJournal(configuration.audit, instance: configuration.instance, logger: logger)
        let assembly = try makeAssembly(configuration, logger: logger, audit: audit)
        defer { assembly.shutDown() }
        let runners = chosen.map { index in
            var pair = configuration.pairs[index].topics
            pair.awaitsSource = chosen.contains { configuration.pairs[$0].topics.mayWrite(pair.source) }
            let services = PairServices(audit: audit, control: assembly.control)
            return PairRunner(
                pair: pair, logger: logger, services: services,
                makeDeadLetterSealer: assembly.deadLetterSealers(ofPair: index)
            ) { pair in
                try assembly.transform(ofPair: index, target: pair.target)
            }
        }
        audit.record(AuditEvent(.configurationLoaded, details: ["hash": configuration.hash]))
        let listener = try makeListener(configuration, assembly, audit: audit, logger: logger) { runners }
        do {
            try await audit.start()
        } catch {
            StandardError.write("error: \(error)")
            throw error.exitStatus
        }
        for index in chosen { assembly.beginKeyCheck(ofPair: index, logger: logger) }
        // Stopped in the opposite order: the pairs first, so that whoever looks sees the workers stop.
        let ahead: [(any Service)?] = [assembly.control, listener]
        let services = ahead.compactMap(\.self) + runners
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await group.run())
        } catch {
            outcome = .failure(error)
        }
        await audit.stop(within: Self.auditPatience)
        switch outcome {
        case .failure(let error as PipelineError):
            StandardError.write("error: \(error)")
            throw error.exitStatus
        case .failure(let error as OperationsError):
            StandardError.write("error: \(error)")
            throw ExitStatus.configuration
        default: try outcome.get()
        }
    }

    /// The HTTP interface, where the configuration has one.
    private func makeListener(
        _ configuration: FieldsealConfiguration, _ assembly: Assembly, audit: AuditJournal, logger: Logger,
        pairs: @escaping @Sendable () -> [any RunningPair]
    ) throws -> AdminServer? {
        guard let settings = configuration.admin else { return nil }
        var services = OperationsServices(
            version: BuildVersion.text, audit: audit, control: assembly.control, pairs: pairs)
        services.keys = { assembly.keyStatistics }
        services.auditStatus = { audit.status }
        if settings.allowsReading {
            services.makeLook = { name in
                guard pairs().contains(where: { $0.pair.name == name }),
                    let index = try? configuration.index(ofPair: name)
                else { return nil }
                return assembly.look(ofPair: index, audit: audit, timeout: Self.lookPatience)
            }
        }
        do {
            return try AdminServer(settings: settings, services: services, logger: logger)
        } catch {
            StandardError.write("error: \(error)")
            throw ExitStatus.configuration
        }
    }

    private func makeLogger() -> Logger {
        var logger = Logger(label: "fieldseal", factory: logFormat.makeHandler(label:))
        logger.logLevel = logLevel
        return logger
    }

    private func makeAssembly(
        _ configuration: FieldsealConfiguration, logger: Logger, audit: any AuditTrail
    ) throws -> Assembly {
        do {
            return try Assembly(configuration, logger: logger, audit: audit)
        } catch let error as KeyManagementError {
            StandardError.write("error: \(error)")
            throw ExitStatus.configuration
        }
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

extension PipelineError {
    /// The exit code that tells what kind of failure it is.
    var exitStatus: ExitCode {
        switch kind {
        case .configuration: ExitStatus.configuration
        case .unreachable: ExitStatus.unavailable
        case .refused, .fenced: ExitStatus.refused
        case .record: ExitStatus.recordsFailed
        case .unexpected: ExitStatus.unexpected
        }
    }
}
