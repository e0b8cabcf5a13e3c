import ArgumentParser
import Configuration
import Pipeline
import Transform

/// `fieldseal keys show`: which keys the records of an encrypted topic need.
struct KeysShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Lists the keys that the records of an encrypted topic are sealed with.",
        discussion: """
            Reads the target of an encrypt pair, or the source of a decrypt pair, and counts records by KEK, its version where \
            the wrapped key shows it, and algorithm. A record that several keys seal counts for each. No KMS is asked, no \
            group is joined and nothing is committed.

            Ranges begin and end at an RFC 3339 time, at "end", or at PARTITION:OFFSET,...; without, the whole topic is read.

            Exits with 0, with 2 where there is no such topic, with 4 where Kafka does not answer, with 5 where it refuses.

            Examples:
              fieldseal keys show -c fieldseal.yaml --pair customers
              fieldseal keys show -c fieldseal.yaml --pair customers --from 2026-01-31T00:00:00Z
              fieldseal keys show -c fieldseal.yaml --pair customers --from 0:1000,1:0 --until 0:2000
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "The pair whose encrypted topic is read.")
    var pair: String

    @Option(help: "The topic to read, where the pair reads a pattern of topics.")
    var topic: String?

    @Option(help: "Where to begin: an RFC 3339 time, end, or PARTITION:OFFSET,...; other partitions are then left out.")
    var from: RangeBound?

    @Option(help: "Where to end before, likewise; other partitions are then read to their ends.")
    var until: RangeBound?

    @Option(help: "How long a silence of Kafka may last: 500ms, 30s.")
    var timeout: TimeSpan = TimeSpan(milliseconds: 10_000)

    func run() throws {
        let configuration = try options.load()
        let topics = configuration.pairs[try configuration.index(ofPair: pair)].topics
        let topic = self.topic ?? topics.sealedTopic
        guard self.topic != nil || !topics.hasPattern else {
            StandardError.write("error: the pair '\(topics.name)' reads a pattern of topics; name one by --topic")
            throw ExitStatus.configuration
        }
        let reader = TopicRangeReader(
            pair: topics.name, topic: topic, kafka: topics.kafka,
            range: TopicRange(from: from?.bound, until: until?.bound), timeout: Int(timeout.milliseconds))
        let tally = EnvelopeTally()
        do {
            try reader.read { tally.add($0) }
        } catch {
            StandardError.write("error: \(error)")
            throw error.exitStatus
        }
        print("\(topic): \(tally.records) \(tally.records == 1 ? "record" : "records")")
        for line in Self.lines(of: tally) { print(line) }
    }

    /// A table: records, algorithm, version, key.
    private static func lines(of tally: EnvelopeTally) -> [String] {
        var rows = tally.rows.map { row in
            [
                "\(row.records)", row.key.algorithm.rawValue, row.key.version ?? "-",
                row.key.kek?.text ?? "(no key address)",
            ]
        }
        let others = [
            (tally.keyless, "(an envelope without keys)"), (tally.plain, "(no envelope)"),
            (tally.unreadable, "(an envelope that can't be read)"),
            (tally.uncounted, "(keys beyond \(EnvelopeTally.maximumKeys))"),
        ]
        for (count, words) in others where count > 0 { rows.append(["\(count)", "-", "-", words]) }
        guard !rows.isEmpty else { return [] }
        rows.insert(["records", "algorithm", "version", "key"], at: 0)
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            (0..<3).map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) + "  " }.joined() + row[3]
        }
    }
}
