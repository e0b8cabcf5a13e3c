import ArgumentParser
import Configuration
import KeyManagement
import Logging

/// `fieldseal keys test`: whether every key of a configuration can be used as its pairs will use it.
struct KeysTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Wraps and unwraps a data key once with each key of the configuration.",
        discussion: """
            For each key and each set of KMS credentials one line: how long wrapping took, which an encrypt pair needs, and \
            unwrapping, which a decrypt pair needs; or what failed and the permission that it takes. A key whose name is \
            filled in from records is not tried. No topic is touched.

            Exits with 0 where every key can be used, with 5 where a KMS refuses one or the credentials, with 4 where it did \
            not answer in time or failed, with 2 where a key or setting can't be used at all.

            Examples:
              fieldseal keys test -c fieldseal.yaml
              fieldseal keys test -c fieldseal.yaml --pair customers --timeout 2s
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "Try only the keys of this pair; may be given several times.")
    var pair: [String] = []

    @Option(help: "The encrypted topic that pairs of patterns try their keys for; AWS binds a data key to it.")
    var topic: String?

    @Option(help: "How long one call may take: 500ms, 5s.")
    var timeout: TimeSpan = TimeSpan(milliseconds: 5_000)

    func run() throws {
        let configuration = try options.load()
        let chosen = try pair.isEmpty ? Array(configuration.pairs.indices) : pair.map(configuration.index(ofPair:))
        let logger = Logger(label: "fieldseal") { StreamLogHandler.standardError(label: $0) }
        var trials: KeyTrials
        do {
            trials = try KeyTrials(
                configuration, pairs: chosen, topic: topic, milliseconds: Int(timeout.milliseconds), logger: logger)
        } catch {
            StandardError.write("error: \(error)")
            throw ExitStatus.configuration
        }
        trials.run { print("\($0.verdict.rawValue) \($0.text)") }
        if let status = trials.failure { throw status }
    }
}
