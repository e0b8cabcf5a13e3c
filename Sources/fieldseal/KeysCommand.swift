import ArgumentParser

/// `fieldseal keys`: what concerns keys and not records.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Tries the keys of a configuration.",
        discussion: """
            Examples:
              fieldseal keys test -c fieldseal.yaml
            """,
        subcommands: [KeysTestCommand.self])
}
