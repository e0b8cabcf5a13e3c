import KafkaClient
import Logging

/// Deletes records from the partitions of a pair's sources that this process reads, once their targets are committed.
///
/// Belongs to one thread; blocks while it asks the cluster.
final class SourcePurger {
    private let pair: TopicPair
    private let settings: SourcePurgeSettings
    private let admin: any ClusterAdmin
    private let purger: RecordPurger
    private let notes: NoteBook
    private let logger: Logger

    init(
        pair: TopicPair, settings: SourcePurgeSettings, admin: any ClusterAdmin, services: PairServices,
        board: DemandBoard, logger: Logger
    ) {
        self.pair = pair
        self.settings = settings
        self.admin = admin
        self.logger = logger
        purger = RecordPurger(
            pair: pair.name, admin: admin, audit: services.audit, board: board, logger: logger)
        notes = NoteBook(pair: pair.name, age: Int64(settings.afterMilliseconds), control: services.control)
    }

    /// How often `purge` is to be called, in milliseconds.
    var interval: Int64 { AgeNotes.interval(age: Int64(settings.afterMilliseconds)) }

    /// Deletes now and then, until `isStopped`; what fails is told of, and repeated.
    func run(_ workers: any PairWorkers, until isStopped: () -> Bool) {
        var next: Int64 = 0
        var told: String?
        while !isStopped() {
            MonotonicClock.sleep(milliseconds: DemandMonitor.step)
            guard MonotonicClock.now() >= next else { continue }
            next = MonotonicClock.now() + interval
            do {
                try purge(workers.places, now: WallClock.now())
                told = nil
            } catch {
                guard told != "\(error)" else { continue }
                told = "\(error)"
                logger.warning(
                    "The source can't be purged; it is tried again",
                    metadata: ["pair": "\(pair.name)", "error": "\(error)"])
            }
        }
    }

    /// Deletes what was committed long enough ago.
    ///
    /// - Parameter places: where the workers stand in each partition that is theirs; a halted one stands at the record
    ///   that it halted at, so that this is never deleted.
    func purge(_ places: [TopicPartition], now: Int64) throws(PipelineError) {
        guard notes.isReady else { return }
        let partitions = places.map { TopicPartition(topic: $0.topic, partition: $0.partition) }
        notes.keep(partitions)
        do throws(KafkaError) {
            let committed = try GroupOffsets(of: [pair.groupID], on: partitions, admin: admin)
            var due: [RecordPurger.Deletion] = []
            for (place, partition) in zip(places, partitions) {
                guard let offset = committed.lowest(partition), offset <= place.offset else { continue }
                let low = try purger.watermarks(partition).low
                notes.forget(partition, before: low)
                guard let before = notes.look(at: partition, endOffset: offset, now: now), before > low else {
                    continue
                }
                due.append(.init(partition: partition, low: low, before: min(before, offset)))
            }
            if settings.respectsOtherGroups { due = try sparingOthers(due) }
            try purger.delete(due, because: .source)
            for deletion in due { notes.forget(deletion.partition, before: deletion.before) }
        } catch {
            throw PipelineError.kafka(pair: pair.name, error)
        }
        try notes.store()
    }

    /// What other groups have not read yet stays.
    private func sparingOthers(_ due: [RecordPurger.Deletion]) throws(KafkaError) -> [RecordPurger.Deletion] {
        guard !due.isEmpty else { return [] }
        let partitions = due.map(\.partition)
        let listed = try admin.groups(timeout: RecordPurger.timeout)
        if let failure = listed.failures.first { throw failure }
        // Who is about to be given partitions may read these.
        guard !listed.groups.contains(where: { $0.id != pair.groupID && $0.state == .rebalancing }) else { return [] }
        let others = listed.groups.map(\.id).filter { $0 != pair.groupID }
        let readers = try GroupOffsets(of: others, on: partitions, admin: admin)
        let busy = try assigned(listed.groups.filter { $0.id != pair.groupID && $0.state != .empty })
        return due.compactMap { deletion in
            var deletion = deletion
            // A group that reads the partition and has committed nothing of it may be at its first record.
            for group in busy where group.value.contains(deletion.partition) {
                guard readers.offset(of: group.key, deletion.partition) != nil else { return nil }
            }
            if let read = readers.lowestCommitted(deletion.partition) { deletion.before = min(deletion.before, read) }
            return deletion.before > deletion.low ? deletion : nil
        }
    }

    /// The partitions (without offsets) that live groups are assigned.
    private func assigned(_ groups: [ConsumerGroup]) throws(KafkaError) -> [String: Set<TopicPartition>] {
        var assigned: [String: Set<TopicPartition>] = [:]
        let names = groups.map(\.id).sorted()
        for start in stride(from: 0, to: names.count, by: GroupWatch.batch) {
            let part = Array(names[start..<min(start + GroupWatch.batch, names.count)])
            for (name, description) in try admin.describe(groups: part, timeout: RecordPurger.timeout) {
                switch description {
                case .success(let group):
                    assigned[name] = Set(
                        group.assignments.map { TopicPartition(topic: $0.topic, partition: $0.partition) })
                // What it reads is known the next time; until then nothing is deleted.
                case .failure(let error) where error.isTransient: throw error
                // As with demand, one that can't ever be described counts by its committed offsets alone.
                case .failure: break
                }
            }
        }
        return assigned
    }
}
