import ArgumentParser
import Foundation
import Pipeline
import Transform

/// `fieldseal check`: whether a configuration is valid, and with `--live` whether what it names is there and allowed.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a configuration file, and with --live everything that it names.",
        discussion: """
            Reads the file and the files that it names, and reports everything that is wrong at once, each with its \
            line. Without --live no broker, KMS or registry is asked anything.

            With --live it then asks: whether brokers answer, topics are there and fit, permissions suffice, the registry \
            answers and each key can be used; a line each, with what to do where something is missing. Nothing is changed: \
            no topic is made, no record written, no group joined. What can't be tried without that is said to be untried.

            Errors and warnings of the file go to standard error, one line a pair to standard output. Exits with 0 where all \
            is well, warnings or not, with 2 where the file is wrong or something is missing, with 4 where a broker, KMS or \
            registry does not answer, with 5 where one refuses.

            Examples:
              fieldseal check -c fieldseal.yaml
              VAULT_TOKEN=any fieldseal check -c fieldseal.yaml
              fieldseal check -c fieldseal.yaml --live
              fieldseal check -c fieldseal.yaml --live --json | jq -r 'select(.verdict != "ok")'
              sops decrypt fieldseal.yaml | fieldseal check -c /dev/stdin
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Ask brokers, KMS and registry whether all that the file names is there and allowed.")
    var live = false

    @Flag(help: "With --live: print a JSON object a line instead of text.")
    var json = false

    @Option(help: "With --live: how long one answer may take: 500ms, 30s.")
    var timeout: TimeSpan = TimeSpan(milliseconds: 5_000)

    func validate() throws {
        guard live || !json else { throw ValidationError("--json takes --live.") }
    }

    func run() throws {
        let configuration = try options.load()
        if !json {
            for pair in configuration.pairs { print(summary(of: pair.topics)) }
        }
        guard live else { return }
        var check = LiveCheck(configuration, timeout: Int(timeout.milliseconds), tell: tell)
        check.run()
        if let failure = check.failure { throw failure }
    }

    private func tell(_ finding: Finding) {
        guard json else {
            print("\(finding.verdict.rawValue) \(finding.subject): \(finding.message)")
            if let remedy = finding.remedy { print("    \(remedy)") }
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(finding) else { return }
        print(String(decoding: line, as: UTF8.self))
    }

    private func summary(of pair: TopicPair) -> String {
        let workers = pair.workers == 1 ? "1 worker" : "\(pair.workers) workers"
        return "\(pair.name): \(pair.source) -> \(pair.target), \(summary(of: pair.action)), "
            + "\(pair.delivery.rawValue), \(workers)"
    }

    /// Fields of the value stand without a word before them, since most pairs seal nothing else.
    private func summary(of rule: PartRule, named name: String) -> String? {
        switch rule.sealing {
        case .nothing: return nil
        case .payload: return "\(name) whole"
        case .fields(let fields):
            let paths = fields.map(\.path.description).joined(separator: ", ")
            return name == "the value" ? paths : "\(paths) of \(name)"
        }
    }

    private func summary(of action: TopicPair.Action) -> String {
        switch action {
        case .encrypt(let rules):
            let parts = [
                summary(of: rules.value, named: "the value"), summary(of: rules.key, named: "the key"),
                rules.headers.isEmpty ? nil : "headers \(rules.headers.map(\.name.text).joined(separator: ", "))",
            ]
            return "encrypts \(parts.compactMap(\.self).joined(separator: "; "))"
        case .decrypt(let rules):
            let fields = rules.valueFields.map(\.description).joined(separator: ", ")
            return "decrypts \(fields.isEmpty ? "all fields" : fields)"
        }
    }
}
