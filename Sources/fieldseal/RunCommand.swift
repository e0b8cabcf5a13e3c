import ArgumentParser
import Configuration
import KeyManagement
import Logging
import Operations
import Pipeline
import ServiceLifecycle
import UnixSignals

/// `fieldseal run`: the stream processor.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Encrypts and decrypts topics as the configuration says, until it is stopped.",
        discussion: """
            Runs every pair of the configuration, or those named by --pair, until SIGTERM or SIGINT: then each worker
            finishes its transaction, within ten seconds, and the command exits with 0.

            A changed configuration file is put in force within ten seconds, or at once on SIGHUP: pairs are added, removed and
            changed, and the others notice nothing. A file that is refused changes nothing.

            Examples:
              fieldseal run -c fieldseal.yaml
              fieldseal run -c fieldseal.yaml --pair customers --pair customers-clear
              POD_NAME=fieldseal-0 fieldseal run -c fieldseal.yaml --log-level warning --log-room KeyManagement=debug
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "Run only this pair; may be given several times.")
    var pair: [String] = []

    @Option(help: "The least level of lines in the log: trace, debug, info, notice, warning, error, critical.")
    var logLevel: Logger.Level = .info

    @Option(
        help:
            "The least level of one room's lines, such as KeyManagement=debug; may be given several times. Rooms: \(RoomLevels.Room.names.joined(separator: ", "))."
    )
    var logRoom: [RoomLevels.Room] = []

    @Option(help: "How lines of the log are written: text, or json for one object a line.")
    var logFormat = LogFormat.text

    /// How long the last audit events may take at a stop, in milliseconds.
    private static let auditPatience: Int64 = 3_000

    /// How long Kafka, a KMS and a required audit trail may take when a record is looked at, in milliseconds.
    private static let lookPatience = 10_000

    func run() async throws {
        // From here on, since it would end the process otherwise.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let whole = try options.load()
        for name in pair { _ = try whole.index(ofPair: name) }
        let configuration = chosen(in: whole)
        let logger = makeLogger()
        let audit = AuditJournal(configuration.audit, instance: configuration.instance, logger: logger)
        let running = try makeRunning(configuration, audit: audit, logger: logger)
        defer { running.shutDown() }
        let listener = try makeListener(configuration.admin, running, audit: audit, logger: logger)
        do {
            try await audit.start()
        } catch {
            StandardError.write("error: \(error)")
            throw error.exitStatus
        }
        running.beginKeyChecks()
        let watch = ConfigurationWatch(running: running, hangups: hangups) { () throws(ConfigurationError) in
            try chosen(in: options.read().configuration)
        }
        // Stopped in the opposite order: the pairs first, so that whoever looks sees the workers stop.
        let services: [(any Service)?] = [running.assembly.control, listener, running.supervisor, watch]
        let group = ServiceGroup(
            configuration: .init(
                services: services.compactMap(\.self).map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
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

    /// The configuration with the pairs that --pair names alone.
    private func chosen(in configuration: FieldsealConfiguration) -> FieldsealConfiguration {
        guard !pair.isEmpty else { return configuration }
        var configuration = configuration
        configuration.pairs.removeAll { !pair.contains($0.topics.name) }
        return configuration
    }

    /// The HTTP interface, where the configuration has one.
    private func makeListener(
        _ settings: AdminSettings?, _ running: RunningConfiguration, audit: AuditJournal, logger: Logger
    ) throws -> AdminServer? {
        guard let settings else { return nil }
        var services = OperationsServices(
            version: BuildVersion.text, audit: audit, control: running.assembly.control
        ) { running.supervisor.runners }
        services.keys = { running.assembly.keyStatistics }
        services.auditStatus = { audit.status }
        services.configuration = { running.status }
        if settings.allowsReading {
            services.makeLook = { name in
                let assembly = running.assembly
                let index = assembly.configuration.pairs.firstIndex { $0.topics.name == name }
                return index.map { assembly.look(ofPair: $0, audit: audit, timeout: Self.lookPatience) }
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
        var levels = RoomLevels(others: logLevel)
        for room in logRoom { levels.rooms[room.name] = room.level }
        return Logger(label: "fieldseal") { RoomLevelHandler(logFormat.makeHandler(label: $0), levels: levels) }
    }

    private func makeRunning(
        _ configuration: FieldsealConfiguration, audit: any AuditTrail, logger: Logger
    ) throws -> RunningConfiguration {
        do {
            return try RunningConfiguration(configuration, audit: audit, logger: logger)
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
