import ArgumentParser

/// `fieldseal keys`: what concerns keys and not records.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Tries the keys of a configuration, and lists those of a topic.",
        discussion: """
            Examples:
              fieldseal keys test -c fieldseal.yaml
              fieldseal keys show -c fieldseal.yaml --pair customers
            """,
        subcommands: [KeysTestCommand.self, KeysShowCommand.self])
}
