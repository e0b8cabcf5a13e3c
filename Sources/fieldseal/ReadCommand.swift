import ArgumentParser
import Configuration
import Logging
import Pipeline
import Records

/// `fieldseal read`: opens a single record for a person.
struct ReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Opens one record of a decrypt pair's source and prints it.",
        discussion: """
            For a look at a single record, where a mirror would be too much: nothing is written to any topic. It takes \
            admin.allowRead: true in the configuration. Who looks, and why, goes to the audit trail before anything is shown.

            Prints the record as fieldseal transform does, key, value and header values in base64. Exits with 3 where there \
            is no such record or it can't be opened, with 4 where Kafka or a KMS does not answer, with 5 where \
            admin.allowRead is not true.

            Examples:
              fieldseal read -c fieldseal.yaml --pair customers-clear --partition 3 --offset 4711 --reason "INC-4711"
              fieldseal read -c fieldseal.yaml --pair customers-clear --partition 0 --offset 7 --fields ssn,address.street \
            --reason "INC-4711" | jq -r .value | base64 -d
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var who: OperatorOptions

    @Option(help: "The decrypt pair whose source is read.")
    var pair: String

    @Option(help: "The source topic, where the pair reads several.")
    var topic: String?

    @Option(help: "The record's partition.")
    var partition: Int32

    @Option(help: "The record's offset.")
    var offset: Int64

    @Option(help: "The fields of the value to open, parted by commas; without it all that the pair opens.")
    var fields: String?

    @Option(help: "How long Kafka, a KMS and a required audit trail may take: 500ms, 30s, 2m.")
    var timeout: TimeSpan = TimeSpan(milliseconds: 30_000)

    /// How long the last audit events may take, in milliseconds.
    private static let auditPatience: Int64 = 5_000

    func validate() throws {
        guard partition >= 0, offset >= 0, offset < .max else {
            throw ValidationError("--partition and --offset are counted from 0.")
        }
    }

    func run() async throws {
        let configuration = try options.load()
        let index = try configuration.index(ofPair: pair)
        guard configuration.admin?.allowsReading == true else {
            StandardError.write(
                "error: looking at records is off; it takes admin.allowRead: true in the configuration")
            throw ExitStatus.refused
        }
        var logger = Logger(label: "fieldseal") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let audit = AuditJournal(configuration.audit, instance: configuration.instance, logger: logger)
        let assembly = try Assembly(configuration, logger: logger, audit: audit)
        defer { assembly.shutDown() }
        do {
            try await audit.start()
        } catch {
            StandardError.write("error: \(error)")
            throw error.exitStatus
        }
        let outcome = Result { () throws(RecordLookError) in
            try assembly.look(ofPair: index, audit: audit, timeout: Int(timeout.milliseconds)).take(request())
        }
        await audit.stop(within: Self.auditPatience)
        do {
            let line = try outcome.get() + [UInt8(ascii: "\n")]
            guard line.withUnsafeBytes(StandardOutput.write) else { throw ExitStatus.unexpected }
        } catch let error as RecordLookError {
            StandardError.write("error: \(error)")
            throw error.exitStatus
        }
    }

    private func request() throws(RecordLookError) -> RecordLook.Request {
        RecordLook.Request(
            topic: topic, partition: partition, offset: offset,
            fields: try fields.map { text throws(RecordLookError) in try FieldPath.list(parsing: text) } ?? [],
            actor: who.actor, purpose: who.reason)
    }
}

extension RecordLookError {
    /// The exit code that tells what kind of failure it is.
    fileprivate var exitStatus: ExitCode {
        switch self {
        case .notDecrypting, .topic, .fieldList, .field, .noPartition: ExitStatus.configuration
        case .gone, .notYet, .noRecord: ExitStatus.recordsFailed
        case .unopened(let error): error.isTransient ? ExitStatus.unavailable : ExitStatus.recordsFailed
        case .unaudited: ExitStatus.unavailable
        case .kafka(let error): error.exitStatus
        }
    }
}
