import Transform

/// Everything a worker is given: what to do, under which name, and what was found out before it started.
struct WorkerTask: Sendable {
    var pair: TopicPair
    /// Its number within the pair, from 0.
    var number: Int
    var identity: WorkerIdentity
    /// What it reads, now and as that changes.
    var sources: SourceTopics
    /// What it shares with the rest of the process.
    var services = PairServices()
    /// Prepares a topic again where its source has more partitions than its target, of which the caller has seen as many.
    var refresh: @Sendable (_ topic: String, _ partitions: Int) -> Void = { _, _ in }
    /// Makes what seals dead letters; nil where the pair has none.
    var makeDeadLetterSealer: (@Sendable () throws -> DeadLetterSealer)?
    /// Makes the transform of a topic's records, given the pair of that topic alone.
    var makeTransform: @Sendable (TopicPair) throws -> any RecordTransform
}

extension WorkerTask {
    /// Makes what seals dead letters, where the pair has any.
    func deadLetterSealer() throws(PipelineError) -> DeadLetterSealer? {
        guard pair.deadLetters?.isUsed == true, let makeDeadLetterSealer else { return nil }
        do {
            return try makeDeadLetterSealer()
        } catch {
            throw PipelineError.transform(pair: pair.name, error)
        }
    }

    /// Makes the transform of a topic's records.
    func transform(of source: SourceTopic) throws(PipelineError) -> any RecordTransform {
        do {
            return try makeTransform(pair.resolved(source: source.name, target: source.target))
        } catch {
            throw PipelineError.transform(pair: pair.name, error)
        }
    }
}
