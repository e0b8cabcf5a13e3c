import KafkaClient
import Logging

/// Finds the topics that a pair's pattern matches, and prepares their targets.
///
/// Belongs to one thread; blocks while it asks the cluster.
final class TopicDiscovery {
    /// How long after one look the next one begins, in milliseconds: with the preparation and a rebalance, a new topic is
    /// read within ten seconds.
    static let interval: Int64 = 4_000
    /// A topic is given up when it was missing in this many looks in a row: a broker that has just started may not know all.
    private static let patience = 2

    private let pair: TopicPair
    private let selection: TopicSelection
    private let sources: SourceTopics
    private let admin: Admin
    private let logger: Logger
    private var hasLooked = false
    /// How often in a row each topic that is read was missing.
    private var absences: [String: Int] = [:]
    /// What was last told about a topic that is not read.
    private var told: [String: String] = [:]

    init(pair: TopicPair, selection: TopicSelection, sources: SourceTopics, admin: Admin, logger: Logger) {
        self.pair = pair
        self.selection = selection
        self.sources = sources
        self.admin = admin
        self.logger = logger
    }

    /// Looks once.
    ///
    /// - Throws: where the cluster can't be asked. A topic that can't be prepared is told of, and tried again at the next
    ///   look; the others are read meanwhile.
    func look() throws(PipelineError) {
        let listed: [TopicDescription]
        do {
            listed = try admin.topics(timeout: 10_000)
        } catch {
            throw PipelineError.kafka(pair: pair.name, error)
        }
        let before = sources.all
        var topics: [SourceTopic] = []
        for topic in listed.sorted(by: { $0.name < $1.name }) {
            guard case .read(let target) = verdict(on: topic.name) else { continue }
            let known = before.first { $0.name == topic.name }
            if let known, known.partitions >= topic.partitions {
                topics.append(known)
            } else if let prepared = prepare(topic.name, target: target) ?? known {
                topics.append(prepared)
            }
        }
        topics += stillAwaited(before, beside: topics)
        sources.replace(by: topics)
        report(before: Set(before.map(\.name)), now: Set(topics.map(\.name)))
        hasLooked = true
    }

    /// Looks again and again until `isStopped`; a failed look is told of, and repeated.
    func run(until isStopped: () -> Bool) {
        var next = MonotonicClock.now() + Self.interval
        while !isStopped() {
            guard MonotonicClock.now() >= next else {
                MonotonicClock.sleep(milliseconds: 100)
                continue
            }
            do {
                try look()
            } catch {
                logger.warning("The topics can't be listed", metadata: ["pair": "\(pair.name)", "error": "\(error)"])
            }
            next = MonotonicClock.now() + Self.interval
        }
    }

    private func verdict(on name: String) -> TopicSelection.Verdict {
        let verdict = selection.verdict(on: name)
        if case .excluded(let reason) = verdict {
            tell(name, reason) {
                logger.notice(
                    "Topic is not read, though the pattern matches it",
                    metadata: ["pair": "\(pair.name)", "topic": "\(name)", "reason": "\(reason)"])
            }
        }
        return verdict
    }

    private func prepare(_ name: String, target: String) -> SourceTopic? {
        let resolved = pair.resolved(source: name, target: target)
        do throws(PipelineError) {
            let outcome = try TopicPreparation(pair: resolved, admin: admin, logger: logger).prepare()
            told[name] = nil
            return SourceTopic(resolved, outcome, isLate: hasLooked)
        } catch {
            tell(name, "\(error)") {
                logger.error(
                    "Topic can't be read for now",
                    metadata: ["pair": "\(pair.name)", "topic": "\(name)", "error": "\(error)"])
            }
            return nil
        }
    }

    /// Tells the same thing about a topic once.
    private func tell(_ name: String, _ text: String, _ log: () -> Void) {
        guard told[name] != text else { return }
        told[name] = text
        log()
    }

    /// Topics that were read and are not listed now, as long as that may be a passing gap.
    private func stillAwaited(_ before: [SourceTopic], beside topics: [SourceTopic]) -> [SourceTopic] {
        let present = Set(topics.map(\.name))
        let missing = before.filter { !present.contains($0.name) }
        absences = Dictionary(
            missing.map { ($0.name, (absences[$0.name] ?? 0) + 1) }, uniquingKeysWith: { first, _ in first })
        return missing.filter { (absences[$0.name] ?? 0) < Self.patience }
    }

    private func report(before: Set<String>, now: Set<String>) {
        for name in now.subtracting(before).sorted() {
            logger.notice(
                "Topic is read, since the pattern matches it", metadata: ["pair": "\(pair.name)", "topic": "\(name)"])
        }
        for name in before.subtracting(now).sorted() {
            logger.notice("Topic is gone", metadata: ["pair": "\(pair.name)", "topic": "\(name)"])
        }
        if now.isEmpty, !hasLooked {
            logger.notice(
                "No topic matches the pattern yet; it is looked for again and again",
                metadata: ["pair": "\(pair.name)", "pattern": "\(pair.source)"])
        }
    }
}
