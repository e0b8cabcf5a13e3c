import ArgumentParser
import Configuration
import Glibc
import KeyManagement
import Logging
import Pipeline
import Records
import Transform

/// `fieldseal transform`: a pair's transform from standard input to standard output, without a broker.
struct TransformCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transform",
        abstract: "Transforms records given as lines of JSON, without a broker.",
        discussion: """
            Reads one record a line: topic, partition, offset, timestamp (ms), key, value and headers
            ([[name, value], ...]), with key, value and header values in base64 or null; only value is required.
            Where the pair's source is a pattern, topic is required too. Writes the transformed record, or {"error": ...} in its place, and goes on. Exits with 3 where a record
            failed, with 4 where one failed because a KMS or the registry did not answer within --timeout.

            Examples:
              echo "{\\"value\\":\\"$(printf '{"ssn":"1"}' | base64 -w0)\\"}" | \
            fieldseal transform -c fieldseal.yaml --pair customers
              kcat -C -t customers -e -J ... | jq -c '...' | fieldseal transform -c fieldseal.yaml --pair customers
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "The pair whose transform is used.")
    var pair: String

    @Option(help: "How long a record may wait for a KMS or the registry: 500ms, 30s, 2m.")
    var timeout: TimeSpan = TimeSpan(milliseconds: 30_000)

    func run() throws {
        let configuration = try options.load()
        let index = try configuration.index(ofPair: pair)
        let logger = Logger(label: "fieldseal") { StreamLogHandler.standardError(label: $0) }
        var lines = try makeLines(configuration, index: index, logger: logger)
        while let line = StandardInput.readLine() {
            let output = lines.transform(line)
            guard output.count > 0 else { continue }
            guard StandardOutput.write(output) else { throw ExitStatus.unexpected }
        }
        if lines.sawTimeout { throw ExitStatus.unavailable }
        if lines.sawFailure { throw ExitStatus.recordsFailed }
    }

    private func makeLines(_ configuration: FieldsealConfiguration, index: Int, logger: Logger) throws -> RecordLines {
        let topics = configuration.pairs[index].topics
        do {
            let assembly = try Assembly(configuration, logger: logger)
            return try RecordLines(pair: topics, timeout: timeout.milliseconds) { target in
                try assembly.transform(ofPair: index, target: target)
            }
        } catch {
            StandardError.write("error: \(error)")
            throw ExitStatus.configuration
        }
    }
}
