import ArgumentParser
import Configuration
import Logging
import Pipeline
import Transform

/// `fieldseal mirror`: decrypts a range of a topic once.
struct MirrorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mirror",
        abstract: "Decrypts a range of a topic once, exactly once, and exits.",
        discussion: """
            Reads the source of a decrypt pair between two bounds and writes what it opens to another topic. Where the range
            ends is settled at the start. The same command, given again after it was stopped or killed, goes on where it
            was: nothing is lost and nothing is written twice. Once it is through, it has nothing more to do; for a range
            of its own give other bounds or another topic.

            Bounds are an RFC 3339 time, "end", or PARTITION:OFFSET,...; offsets to begin at leave out other partitions.
            A record that can't be opened follows the pair's errorPolicy; where that is fail, it stops the job.

            Exits with 0 at the end of the range or after SIGINT and SIGTERM, with 3 where a record stops the job, with 4
            where Kafka or a KMS does not answer, with 5 where another process runs the same job.

            Examples:
              fieldseal mirror -c fieldseal.yaml --pair customers-clear --to customers.january \
            --from 2026-01-01T00:00:00Z --until 2026-02-01T00:00:00Z --reason "audit 7"
              fieldseal mirror -c fieldseal.yaml --pair customers-clear --to customers.look --from 0:1000 --until 0:1100
            """)

    @OptionGroup var job: JobOptions

    @Option(help: "Where to begin: an RFC 3339 time, end, or PARTITION:OFFSET,...; other partitions are then left out.")
    var from: RangeBound?

    @Option(help: "Where to end before, likewise; other partitions are then read to their ends.")
    var until: RangeBound?

    func run() async throws {
        let configuration = try job.configuration.load()
        var (index, pair) = try job.find(in: configuration)
        // A copy for a purpose is not compacted, whatever its source is.
        pair.targetTopic.configuration["cleanup.policy"] = pair.targetTopic.configuration["cleanup.policy"] ?? "delete"
        let logger = job.makeLogger()
        let audit = AuditJournal(configuration.audit, instance: configuration.instance, logger: logger)
        let assembly = try Assembly(configuration, logger: logger, audit: audit)
        defer { assembly.shutDown() }
        let range = RangeJob(
            pair: pair, range: TopicRange(from: from?.bound, until: until?.bound),
            words: ["mirror", from?.text ?? "", until?.text ?? ""], options: job, audit: audit, logger: logger)
        try await range.begin()
        let progress = try await range.end(range.run(try assembly.transform(ofPair: index, target: pair.target)))
        print(
            "\(pair.target): \(progress.records) records written, \(progress.passedOn) of them as they came, "
                + "\(progress.remaining) offsets remaining")
    }
}
