import ArgumentParser
import Pipeline

/// `fieldseal pause`: lets a pair stand still until it is resumed.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Lets a pair stand still, in every process, until it is resumed.",
        discussion: """
            The workers finish their transactions and keep their partitions. A pause outlasts restarts. It is kept in the \
            control topic, which the configuration must name.

            Examples:
              fieldseal pause -c fieldseal.yaml --pair customers --reason "schema migration, until 14:00"
              fieldseal pause -c fieldseal.yaml --pair customers --as ann --reason "INC-4711"
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var who: OperatorOptions

    @Option(help: "The pair.")
    var pair: String

    func run() async throws {
        let configuration = try options.load()
        _ = try configuration.index(ofPair: pair)
        let access = try await ControlAccess(configuration)
        if let earlier = access.topic.state.pause(ofPair: pair) {
            print("\(pair): was paused already, by \(earlier.actor): \(earlier.reason)")
        }
        try access.put(
            .pause(.init(pair: pair, actor: who.actor, reason: who.reason, time: ControlAccess.now)))
        await access.record(AuditEvent(.pairPaused, pair: pair, actor: who.actor, purpose: who.reason))
        print("\(pair): paused")
    }
}
