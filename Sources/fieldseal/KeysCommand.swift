import ArgumentParser

/// `fieldseal keys`: what concerns keys and not records.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Tries the keys of a configuration, lists those of a topic, and wraps its data keys anew.",
        discussion: """
            Examples:
              fieldseal keys test -c fieldseal.yaml
              fieldseal keys show -c fieldseal.yaml --pair customers
              fieldseal keys rewrap -c fieldseal.yaml --pair customers-clear --to customers.encrypted.2
            """,
        subcommands: [KeysTestCommand.self, KeysShowCommand.self, KeysRewrapCommand.self])
}
