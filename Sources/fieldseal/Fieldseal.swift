import ArgumentParser

/// The command.
@main
struct Fieldseal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fieldseal",
        abstract: "Encrypts chosen fields of Kafka records, and decrypts them on demand.",
        discussion: """
            Exit codes: 0 fine; 1 unexpected; 2 configuration or usage; 3 some records failed; 4 a KMS, registry or broker
            did not answer in time; 5 refused (permission, or another process has this one's name).

            Examples:
              fieldseal check -c fieldseal.yaml
              fieldseal explain -c fieldseal.yaml --pair customers --schema customer.avsc
              fieldseal transform -c fieldseal.yaml --pair customers < records.jsonl
              fieldseal keys test -c fieldseal.yaml
              fieldseal run -c fieldseal.yaml
              fieldseal pause -c fieldseal.yaml --pair customers --reason "migration"
            """,
        version: BuildVersion.text,
        subcommands: [
            InitCommand.self, RunCommand.self, StatusCommand.self, CheckCommand.self, ExplainCommand.self,
            TransformCommand.self,
            KeysCommand.self, ReadCommand.self, MirrorCommand.self, LeaseCommand.self, PauseCommand.self,
            ResumeCommand.self,
            SkipCommand.self, ReplayCommand.self,
        ])

    static func main() async {
        ProcessHardening.apply()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(with: error)
        }
    }

    /// Ends the process; wrong usage ends with 2, for which the argument parser has a code of its own.
    private static func exit(with error: any Error) -> Never {
        guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
        StandardError.write(fullMessage(for: error))
        exit(withError: ExitStatus.configuration)
    }
}
