import ArgumentParser
import Pipeline

/// `fieldseal skip`: leaves out the record that a halted partition stands at.
struct SkipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip",
        abstract: "Leaves out the record that a halted partition stands at.",
        discussion: """
            For a record that is beyond help: nothing of it reaches the target. The worker that holds the partition does \
            it, and only while the partition stands halted at exactly this offset. The command waits for that at most as \
            long as --timeout says; what was not done by then stays noted in the control topic and is done as soon as the \
            partition stands there.

            Example:
              fieldseal skip -c fieldseal.yaml --pair customers --partition 3 --offset 4711 --reason "not JSON, INC-4711"
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var who: OperatorOptions

    @Option(help: "The pair.")
    var pair: String

    @Option(help: "The source topic, where the pair reads several.")
    var topic: String?

    @Option(help: "The partition that stands still.")
    var partition: Int32

    @Option(help: "The offset of the record that it stands at.")
    var offset: Int64

    @Option(help: "How long to wait until it is done: 500ms, 30s, 2m.")
    var timeout: TimeSpan = TimeSpan(milliseconds: 30_000)

    func validate() throws {
        guard partition >= 0, offset >= 0, offset < .max else {
            throw ValidationError("--partition and --offset are counted from 0.")
        }
    }

    func run() async throws {
        let configuration = try options.load()
        let pair = configuration.pairs[try configuration.index(ofPair: pair)].topics
        let topic = try sourceTopic(of: pair)
        try checkPosition(of: pair, topic: topic)
        let access = try await ControlAccess(configuration)
        let skip = ControlEntry.Skip(
            pair: pair.name, topic: topic, partition: partition, offset: offset, actor: who.actor, reason: who.reason,
            time: ControlAccess.now)
        try access.put(.skip(skip))
        await access.record(
            AuditEvent(
                .skipRequested, pair: pair.name, topic: topic, partition: partition, offset: offset, actor: who.actor,
                purpose: who.reason))
        let end = ContinuousClock.now.advanced(by: .milliseconds(timeout.milliseconds))
        while ContinuousClock.now < end {
            if access.topic.state.skip(ofPair: pair.name, topic: topic, partition: partition) != skip {
                return print("\(pair.name): offset \(offset) of partition \(partition) of '\(topic)' is left out")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        StandardError.write(
            "error: no worker has done it yet: is the pair running, and does the partition stand halted at this offset? It "
                + "stays noted, and is done when it does")
        throw ExitStatus.unavailable
    }

    private func sourceTopic(of pair: TopicPair) throws -> String {
        guard pair.readsPattern else {
            guard topic == nil || topic == pair.source else {
                throw Self.refusal("the pair reads '\(pair.source)' and no other topic")
            }
            return pair.source
        }
        guard let topic else { throw Self.refusal("the pair reads several topics; name one by --topic") }
        guard case .read? = try pair.makeSelection()?.verdict(on: topic) else {
            throw Self.refusal("the pair does not read topic '\(topic)'")
        }
        return topic
    }

    /// Where the group stands tells whether the skip could ever be done.
    private func checkPosition(of pair: TopicPair, topic: String) throws {
        let committed = try ControlAccess.telling { () throws(PipelineError) in
            try GroupPositions(pair: pair).committed(topic: topic, partition: partition)
        }
        guard let committed, committed != offset else { return }
        throw Self.refusal("partition \(partition) of '\(topic)' stands at offset \(committed)")
    }

    private static func refusal(_ message: String) -> any Error {
        StandardError.write("error: \(message)")
        return ExitStatus.configuration
    }
}
