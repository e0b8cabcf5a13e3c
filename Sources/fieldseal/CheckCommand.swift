import ArgumentParser
import Pipeline
import Transform

/// `fieldseal check`: whether a configuration is valid, without touching a topic.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a configuration file.",
        discussion: """
            Reads the file and the files that it names, and reports everything that is wrong at once, each with its \
            line. No broker, KMS or registry is asked anything.

            Errors and warnings go to standard error, one line a pair to standard output. Exits with 0 where the \
            configuration is valid, warnings or not, and with 2 where it isn't.

            Examples:
              fieldseal check -c fieldseal.yaml
              VAULT_TOKEN=any fieldseal check -c fieldseal.yaml
              sops decrypt fieldseal.yaml | fieldseal check -c /dev/stdin
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        for pair in try options.load().pairs { print(summary(of: pair.topics)) }
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
