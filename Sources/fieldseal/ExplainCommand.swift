import ArgumentParser
import Configuration
import Foundation
import KeyManagement
import Logging
import Pipeline
import Transform

/// `fieldseal explain`: what a pair seals, and why.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says which fields an encrypt pair seals, why, by which key, and where their ciphertexts go.",
        discussion: """
            Seals nothing and asks no KMS. With --schema it says what is sealed of values of that schema, and which rules \
            match nothing in it; with --sample, a file of lines as 'fieldseal transform' reads them, what each rule \
            reaches in those records, whose schemas the registry is asked for. Without either it says what the \
            configuration alone tells.

            Exits with 2 where the rules do not fit the schema, with 3 where a record of the sample would be refused, with \
            4 where the registry did not answer within --timeout.

            Examples:
              fieldseal explain -c fieldseal.yaml --pair customers --schema customer.avsc
              fieldseal explain -c fieldseal.yaml --pair customers --sample records.jsonl --json
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "The encrypt pair to explain.")
    var pair: String

    @Option(help: "A schema of the pair's values: Avro, JSON Schema, or a .proto file whose first message they are.")
    var schema: String?

    @Option(help: "Records of the pair's source, as lines of JSON.")
    var sample: String?

    @Flag(help: "Writes one JSON object instead of text.")
    var json = false

    @Option(help: "How long a record may wait for the registry: 500ms, 30s, 2m.")
    var timeout: TimeSpan = TimeSpan(milliseconds: 30_000)

    func validate() throws {
        guard schema == nil || sample == nil else {
            throw ValidationError("Give --schema or --sample, not both.")
        }
    }

    func run() throws {
        let configuration = try options.load()
        let index = try configuration.index(ofPair: pair)
        let topics = configuration.pairs[index].topics
        guard case .encrypt(let rules) = topics.action else {
            StandardError.write("error: the pair '\(pair)' decrypts; what is sealed is an encrypt pair's to say")
            throw ExitStatus.configuration
        }
        let logger = Logger(label: "fieldseal") { StreamLogHandler.standardError(label: $0) }
        let assembly = try refusing { try Assembly(configuration, logger: logger) }
        defer { assembly.shutDown() }
        let explainer = try refusing { try assembly.explainer(ofPair: index, rules: rules) }
        var report = ExplanationReport(pair: topics, tags: rules.value.tags)
        if let schema {
            report.entries = try refusing {
                try explainer.explain(schema: SchemaFile(path: schema, rules.value).read())
            }
        } else if let sample {
            var records = SampleRecords(explainer: explainer, source: topics.source, timeout: timeout.milliseconds)
            try refusing { try records.read(path: sample) }
            report.entries = records.entries
            report.refusals = records.refusals
            report.recordCount = records.count
            print(json ? try report.json() : report.text())
            if records.sawTimeout { throw ExitStatus.unavailable }
            if !records.refusals.isEmpty { throw ExitStatus.recordsFailed }
            return
        } else {
            report.entries = explainer.explain()
        }
        print(json ? try report.json() : report.text())
    }

    /// Ends with 2 where `body` fails, after saying why.
    private func refusing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            StandardError.write("error: \(error)")
            throw ExitStatus.configuration
        }
    }
}
