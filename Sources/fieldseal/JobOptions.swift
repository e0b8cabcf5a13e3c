import ArgumentParser
import Configuration
import Foundation
import Logging
import Pipeline

/// The options of every job that copies a range of a topic.
struct JobOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOptions

    @Option(help: "The decrypt pair whose source is read, with whose credentials.")
    var pair: String

    @Option(help: "The topic that is written; made as the source is where it is missing.")
    var to: String

    @Option(help: "The topic to read, where the pair reads a pattern of topics.")
    var topic: String?

    @Option(name: .customLong("as"), help: "Who you are, for the audit trail; your login name where it is left out.")
    var actor: String = NSUserName()

    @Option(help: "Why, for the audit trail.")
    var reason: String?

    @Option(help: "How long a silence of Kafka or a KMS may last: 500ms, 30s.")
    var timeout: TimeSpan = TimeSpan(milliseconds: 30_000)

    /// The pair's place in the configuration and its rules; prints why and exits where it does not decrypt.
    func find(in configuration: FieldsealConfiguration) throws -> (index: Int, pair: TopicPair) {
        let index = try configuration.index(ofPair: pair)
        var topics = configuration.pairs[index].topics
        guard case .decrypt = topics.action else { throw refusal("the pair '\(pair)' does not decrypt") }
        guard topic != nil || !topics.readsPattern else {
            throw refusal("the pair '\(pair)' reads a pattern of topics; name one by --topic")
        }
        if let topic, topic != topics.source {
            guard topics.readsPattern, case .read? = try? topics.makeSelection()?.verdict(on: topic) else {
                throw refusal("the pair '\(pair)' does not read the topic '\(topic)'")
            }
        }
        topics.source = topic ?? topics.source
        topics.target = to
        guard topics.source != to else { throw refusal("--to names the topic that is read") }
        let written = configuration.pairs.first { $0.topics.mayWrite(to) }
        if let written { throw refusal("--to names a topic that the pair '\(written.topics.name)' writes") }
        let letters = configuration.pairs.map(\.topics.deadLetters?.rules.topic)
        let own = [configuration.audit.topic, configuration.control?.topic] + letters
        guard !own.contains(to) else { throw refusal("--to names a topic that Fieldseal keeps for itself") }
        return (index, topics)
    }

    private func refusal(_ reason: String) -> ExitCode {
        StandardError.write("error: \(reason)")
        return ExitStatus.configuration
    }

    /// The log of a job: warnings and worse, since its progress is told apart.
    func makeLogger() -> Logger {
        var logger = Logger(label: "fieldseal") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }
}
