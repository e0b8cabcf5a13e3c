import ArgumentParser

/// The command.
@main
struct Fieldseal: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fieldseal", abstract: "Encrypts chosen fields of Kafka records, and decrypts them on demand.",
        subcommands: [CheckCommand.self])
}
