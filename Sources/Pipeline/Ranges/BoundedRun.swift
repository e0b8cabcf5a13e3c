import KafkaClient
public import Logging
import Records
import Synchronization
public import Transform

/// Transforms a part of a topic once, exactly once, and ends; the same run given again goes on where it was cut off.
///
/// Records and offsets are committed in one transaction, under names that are made of what the run is. Where it ends is
/// resolved at its first start and committed as well, so that a later start has the same end.
public final class BoundedRun: Sendable {
    private let pair: TopicPair
    private let range: TopicRange
    private let identity: BoundedRunIdentity
    private let timeout: Int
    private let logger: Logger
    private let isStopping = Atomic(false)
    /// Sessions in a row that may fail without a transaction between them.
    private static let mostFailures = 5

    /// Makes a run; nothing is asked yet.
    ///
    /// - Parameters:
    ///   - pair: the pair, its source and target those of the run.
    ///   - range: what of the source is read.
    ///   - words: what tells this run from others of the same pair, source and target, such as its range as it was given.
    ///   - milliseconds: how long Kafka or a KMS may be silent.
    ///   - logger: where outages are told.
    public init(
        pair: TopicPair, range: TopicRange, words: [String], timeout milliseconds: Int, logger: Logger
    ) {
        self.pair = pair
        self.range = range
        identity = BoundedRunIdentity(pair: pair, words: words)
        timeout = milliseconds
        self.logger = logger
    }

    /// Lets the run end soon, after a commit; `run` then returns with something remaining.
    public func stop() {
        isStopping.store(true, ordering: .relaxed)
    }

    /// Runs to the end of the range; blocks its thread.
    ///
    /// - Parameters:
    ///   - transform: what becomes of each record.
    ///   - onProgress: is told how far the run is, at each commit.
    /// - Returns: what was done since the call.
    /// - Throws: `record` for a record that can't be transformed; `kafka` where Kafka refuses or stays silent, or where
    ///   another process took the run over.
    public func run(
        _ transform: any RecordTransform, onProgress: (BoundedRunProgress) -> Void
    ) throws(PipelineError) -> BoundedRunProgress {
        var progress = BoundedRunProgress()
        var failures = 0
        let topics = try prepare()
        while true {
            let before = progress.records
            do {
                let session = try BoundedRunSession(
                    pair: pair, identity: identity, timeout: timeout, topics: topics,
                    events: .logging(to: logger))
                try session.run(range, transform, &progress, { self.isStopping.load(ordering: .relaxed) }, onProgress)
                return progress
            } catch let error as KafkaError {
                if case .fenced = error {
                    throw .fenced(pair: pair.name, name: identity.transactionalID, error)
                }
                failures = progress.records == before ? failures + 1 : 1
                let mayPass =
                    error.isTransient || error.failure?.isFatal == true || error.failure?.requiresAbort == true
                guard mayPass, failures < Self.mostFailures else { throw .kafka(pair: pair.name, error) }
                logger.warning("The run starts anew with new Kafka clients", metadata: ["error": "\(error)"])
                MonotonicClock.sleep(milliseconds: Backoff().delay(after: failures, random: .random(in: 0 ... .max)))
            } catch let error as PipelineError {
                throw error
            } catch {
                throw .transform(pair: pair.name, error)
            }
        }
    }

    /// Sees to it that the topics are there.
    private func prepare() throws(PipelineError) -> TopicPreparation.Outcome {
        let admin: Admin
        do {
            admin = try Admin(settings: pair.kafka.common, events: .logging(to: logger))
        } catch {
            throw .kafka(pair: pair.name, error)
        }
        let outcome = try TopicPreparation(pair: pair, admin: admin, logger: logger, timeout: timeout).prepare()
        guard outcome.targetPartitions >= outcome.sourcePartitions else {
            throw .configuration(
                pair: pair.name,
                message: "topic '\(pair.target)' has \(outcome.targetPartitions) partitions and '\(pair.source)' has "
                    + "\(outcome.sourcePartitions). Give it as many, or name a topic that is yet to be made.")
        }
        return outcome
    }
}
