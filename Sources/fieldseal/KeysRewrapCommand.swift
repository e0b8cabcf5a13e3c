import ArgumentParser
import Configuration
import KeyManagement
import Logging
import Pipeline
import Transform

/// `fieldseal keys rewrap`: copies an encrypted topic with its data keys wrapped anew.
struct KeysRewrapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rewrap",
        abstract:
            "Copies an encrypted topic with its data keys wrapped by the newest version of their KEK, or by another.",
        discussion: """
            Reads the source of a decrypt pair from its first record to its last of now, unwraps each data key and wraps it
            again: by the newest version of its KEK, or by the KEK of --to-kek, be it of another KMS. Ciphertexts are not
            touched and nothing is decrypted. So old versions of a KEK can be retired, or a topic moved to another KMS.

            The same command, given again after it was stopped or killed, goes on where it was: nothing is lost and nothing
            is written twice. Readers of the copy need the acceptTopics that are printed at the end.

            Exits as "fieldseal mirror" does.

            Examples:
              fieldseal keys rewrap -c fieldseal.yaml --pair customers-clear --to customers.encrypted.2
              fieldseal keys rewrap -c fieldseal.yaml --pair customers-clear --to customers.moved \
            --to-kek aws-kms://arn:aws:kms:eu-west-1:111122223333:alias/pii
            """)

    @OptionGroup var job: JobOptions

    @Option(help: "The KEK that takes the place of every other (default: each record's own, in its newest version).")
    var toKek: String?

    func run() async throws {
        let configuration = try job.configuration.load()
        let (index, pair) = try job.find(in: configuration)
        let logger = job.makeLogger()
        let audit = AuditJournal(configuration.audit, instance: configuration.instance, logger: logger)
        guard case .decrypt(let rules) = pair.action else { throw ExitStatus.configuration }
        let rewrapper: RecordRewrapper
        do {
            rewrapper = RecordRewrapper(
                rules: rules,
                service: try KeyManagementServices(configuration.pairs[index].keyManagement, logger: logger),
                target: try toKek.map(KeySecretID.init(parsing:)))
        } catch {
            StandardError.write("error: \(error)")
            throw ExitStatus.configuration
        }
        let range = RangeJob(
            pair: pair, range: TopicRange(), words: ["rewrap", toKek ?? ""], options: job, audit: audit, logger: logger)
        try await range.begin()
        let progress = try await range.end(range.run(rewrapper))
        print(
            "\(pair.target): \(progress.records) records written, \(rewrapper.keys) data keys wrapped, "
                + "\(progress.remaining) offsets remaining")
        guard progress.remaining == 0 else { return }
        let topics = (Set([pair.source] + rules.acceptedTopics).union(rewrapper.topics)).sorted()
        print("acceptTopics: [\(topics.map { "\"\($0)\"" }.joined(separator: ", "))]")
        if let toKek { print("keks: [\"\(toKek)\"]") }
    }
}
