import ArgumentParser
import Pipeline

/// `fieldseal resume`: lets a paused pair go on.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lets a paused pair go on where it stood.",
        discussion: """
            Example:
              fieldseal resume -c fieldseal.yaml --pair customers --reason "migration done"
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var who: OperatorOptions

    @Option(help: "The pair.")
    var pair: String

    func run() async throws {
        let configuration = try options.load()
        _ = try configuration.index(ofPair: pair)
        let access = try await ControlAccess(configuration)
        guard access.topic.state.pause(ofPair: pair) != nil else { return print("\(pair): was not paused") }
        try access.remove(.pause(pair: pair))
        await access.record(AuditEvent(.pairResumed, pair: pair, actor: who.actor, purpose: who.reason))
        print("\(pair): resumed")
    }
}
