import ArgumentParser
import Configuration
import Foundation
import KeyManagement
import Records

/// `fieldseal init`: writes a first configuration.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a commented configuration of one pair, which check accepts.",
        discussion: """
            What no option says is asked, where this is a terminal. No secret is asked for: the file names an environment \
            variable for the one that it needs, or leaves credentials to the cloud's own ways.

            Exits with 2 where an answer can't be used, or where the file is there already and --force is not given.

            Examples:
              fieldseal init
              fieldseal init --bootstrap localhost:9092 --source customers --field ssn --field 'accounts[*].iban' \
            --key vault-kms://localhost:8200/transit/keys/customers
              fieldseal init --direction decrypt --bootstrap localhost:9092 --source customers.encrypted \
            --key vault-kms://localhost:8200/transit/keys/customers --output mirror.yaml
            """)

    @Option(help: "The brokers: HOST:PORT,...")
    var bootstrap: String?

    @Option(help: "What the pair does: encrypt or decrypt.")
    var direction: ConfigurationTemplate.Direction?

    @Option(help: "The topic that is read.")
    var source: String?

    @Option(
        help:
            "The topic that is written; the source's name with .encrypted, or .clear for a decrypt pair, unless given.")
    var target: String?

    @Option(help: "The path of a field: to seal, or for a decrypt pair to open; may be given several times.")
    var field: [String] = []

    @Option(
        help:
            "The address of the key that wraps the data keys: vault-kms://..., aws-kms://..., gcp-kms://..., azure-kms://..."
    )
    var key: String?

    @Option(name: [.short, .long], help: "The file to write; - for standard output.")
    var output = "fieldseal.yaml"

    @Flag(help: "Replace the file where it is there.")
    var force = false

    func run() throws {
        let path = output
        if path != "-", !force, FileManager.default.fileExists(atPath: path) {
            throw Self.refusal("'\(path)' is there already; name another by --output, or give --force")
        }
        let template = try template()
        let text = template.text
        try check(text, variable: template.variable)
        guard path != "-" else {
            print(text, terminator: "")
            return
        }
        do {
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Self.refusal("'\(path)' can't be written: \(error.localizedDescription)")
        }
        StandardError.write("\(path) is written.")
        if let variable = template.variable { StandardError.write("It takes \(variable) from the environment.") }
        StandardError.write("Next: fieldseal check -c \(path) --live, then fieldseal run -c \(path)")
    }

    // MARK: Answers

    private func template() throws -> ConfigurationTemplate {
        let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
        let questions = Questions(isTerminal: isTerminal)
        let bootstrapServers = try bootstrap ?? questions.ask("Brokers", option: "--bootstrap", usual: "localhost:9092")
        let direction = try direction ?? directionAsked(questions)
        let source = try source ?? questions.ask("Source topic", option: "--source")
        let usual = direction == .encrypt ? "\(source).encrypted" : Self.clear(source)
        let target =
            try target ?? (isTerminal ? questions.ask("Target topic", option: "--target", usual: usual) : usual)
        var fields = field
        if fields.isEmpty, direction == .encrypt {
            let list = try questions.ask("Fields to seal, parted by commas", option: "--field")
            fields = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let address = try key ?? questions.ask("Key, such as vault-kms://HOST:8200/transit/keys/NAME", option: "--key")
        do {
            for field in fields { _ = try FieldPath(parsing: field) }
            return ConfigurationTemplate(
                bootstrapServers: bootstrapServers, direction: direction, source: source, target: target,
                fields: fields,
                key: try KeySecretID(parsing: address))
        } catch {
            throw Self.refusal("\(error)")
        }
    }

    /// Where nobody can be asked, a pair encrypts.
    private func directionAsked(_ questions: Questions) throws -> ConfigurationTemplate.Direction {
        guard questions.isTerminal else { return .encrypt }
        let answer = try questions.ask("encrypt or decrypt", option: "--direction", usual: "encrypt")
        guard let direction = ConfigurationTemplate.Direction(rawValue: answer) else {
            throw Self.refusal("'\(answer)' is neither encrypt nor decrypt")
        }
        return direction
    }

    private static func clear(_ source: String) -> String {
        source.hasSuffix(".encrypted") ? "\(source.dropLast(".encrypted".count)).clear" : "\(source).clear"
    }

    // MARK: Checks

    /// The configuration's own check decides; where its variable is not set yet, something stands for it.
    private func check(_ text: String, variable: String?) throws {
        var environment = ProcessInfo.processInfo.environment
        if let variable, environment[variable] == nil { environment[variable] = Self.placeholder(of: variable) }
        let folder = FileManager.default.temporaryDirectory.appending(path: "fieldseal-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appending(path: "fieldseal.yaml")
            try Data(text.utf8).write(to: file)
            _ = try FieldsealConfiguration.load(path: file.path, environment: environment)
        } catch let error as ConfigurationError {
            let reasons = error.diagnostics.filter { $0.severity == .error }.map { "\($0.path): \($0.message)" }
            throw Self.refusal("these answers make no configuration:\n  \(reasons.joined(separator: "\n  "))")
        }
    }

    private static func placeholder(of variable: String) -> String {
        variable == "FIELDSEAL_TRIAL_KEY" ? String(repeating: "A", count: 43) + "=" : "placeholder"
    }

    private static func refusal(_ message: String) -> any Error {
        StandardError.write("error: \(message)")
        return ExitStatus.configuration
    }

    /// What is asked on the terminal.
    private struct Questions {
        let isTerminal: Bool

        /// The answer; where nobody can be asked, an error that names the option.
        func ask(_ question: String, option: String, usual: String? = nil) throws -> String {
            guard isTerminal else { throw ValidationError("Say \(option); here is no terminal to ask on.") }
            while true {
                FileHandle.standardError.write(Data("\(question)\(usual.map { " [\($0)]" } ?? ""): ".utf8))
                guard let line = Swift.readLine() else { throw ValidationError("Say \(option).") }
                let answer = line.trimmingCharacters(in: .whitespaces)
                if !answer.isEmpty { return answer }
                if let usual { return usual }
            }
        }
    }
}

extension ConfigurationTemplate.Direction: ExpressibleByArgument {}
