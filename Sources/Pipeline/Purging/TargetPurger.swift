import KafkaClient
import Logging

/// Deletes plain records from the partitions of a pair's targets that this process writes.
///
/// Belongs to one thread; blocks while it asks the cluster.
final class TargetPurger {
    private let pair: TopicPair
    private let settings: DemandSettings
    private let admin: any ClusterAdmin
    private let purger: RecordPurger
    private let logger: Logger
    private let notes: NoteBook?
    /// Targets that were told of as not this pair's.
    private var told: Set<String> = []

    init(
        pair: TopicPair, settings: DemandSettings, admin: any ClusterAdmin, services: PairServices,
        board: DemandBoard, logger: Logger
    ) {
        self.pair = pair
        self.settings = settings
        self.admin = admin
        self.logger = logger
        purger = RecordPurger(
            pair: pair.name, admin: admin, audit: services.audit, board: board, logger: logger)
        notes = settings.maximumPlaintextAge.map {
            NoteBook(pair: pair.name, age: Int64($0), control: services.control)
        }
    }

    /// How often `deleteOld` is to be called, in milliseconds; nil where records may have any age.
    var ageInterval: Int64? {
        settings.maximumPlaintextAge.map { AgeNotes.interval(age: Int64($0)) }
    }

    /// Demand has ended, and the workers stand still: deletes what the pair's policy says.
    ///
    /// - Parameters:
    ///   - partitions: the partitions of targets (without offsets) that are this process's.
    ///   - groups: the groups that were seen since the last purge.
    ///   - isComplete: whether no other group can have been there; if not, every group with offsets on the target counts.
    func purge(_ partitions: [TopicPartition], groups: Set<String>, isComplete: Bool) throws(KafkaError) {
        guard settings.purge != .never else { return }
        let partitions = try owned(partitions)
        guard !partitions.isEmpty else { return }
        if settings.purge == .all {
            var deletions: [RecordPurger.Deletion] = []
            for partition in partitions {
                let marks = try purger.watermarks(partition)
                deletions.append(.init(partition: partition, low: marks.low, before: marks.high))
            }
            return try purger.delete(deletions, because: .all)
        }
        let readers = try offsets(of: groups, isComplete: isComplete, on: partitions)
        var deletions: [RecordPurger.Deletion] = []
        for partition in partitions {
            guard let read = readers.lowest(partition) else { continue }
            let marks = try purger.watermarks(partition)
            deletions.append(.init(partition: partition, low: marks.low, before: min(read, marks.high)))
        }
        try purger.delete(deletions, because: .consumed)
    }

    /// Notes how far the partitions are written, and deletes what is too old, read or not.
    func deleteOld(
        _ partitions: [TopicPartition], groups: Set<String>, isComplete: Bool, now: Int64
    ) throws(PipelineError) {
        guard let notes, notes.isReady else { return }
        notes.keep(partitions)
        do throws(KafkaError) {
            var due: [RecordPurger.Deletion] = []
            for partition in partitions {
                let marks = try purger.watermarks(partition)
                notes.forget(partition, before: marks.low)
                guard let before = notes.look(at: partition, endOffset: marks.high, now: now), before > marks.low
                else { continue }
                due.append(.init(partition: partition, low: marks.low, before: min(before, marks.high)))
            }
            let own = Set(try owned(due.map(\.partition)))
            due = due.filter { own.contains($0.partition) }
            if !due.isEmpty {
                let readers = try offsets(of: groups, isComplete: isComplete, on: due.map(\.partition))
                for index in due.indices {
                    let read = readers.lowestCommitted(due[index].partition) ?? due[index].low
                    due[index].unread = max(due[index].before - max(read, due[index].low), 0)
                }
                try purger.delete(due, because: .age)
                for deletion in due { notes.forget(deletion.partition, before: deletion.before) }
            }
        } catch {
            throw PipelineError.kafka(pair: pair.name, error)
        }
        try notes.store()
    }

    private func offsets(
        of groups: Set<String>, isComplete: Bool, on partitions: [TopicPartition]
    ) throws(KafkaError) -> GroupOffsets {
        guard !isComplete else {
            return try GroupOffsets(of: groups.sorted(), on: partitions, admin: admin)
        }
        let listed = try admin.groups(timeout: RecordPurger.timeout)
        if let failure = listed.failures.first { throw failure }
        let names = Set(listed.groups.map(\.id).filter(settings.counts)).union(groups)
        return try GroupOffsets(of: names.sorted(), on: partitions, admin: admin).keeping(groups)
    }

    /// Those of the partitions whose topic may be purged: this pair made it, or it is said to be its own.
    private func owned(_ partitions: [TopicPartition]) throws(KafkaError) -> [TopicPartition] {
        guard !settings.ownsTarget else { return partitions }
        var verdicts: [String: Bool] = [:]
        for topic in Set(partitions.map(\.topic)) {
            let mark = try admin.settings(ofTopic: topic, timeout: RecordPurger.timeout)[TargetMark.setting]
            let isOwn = mark?.value == TargetMark.value(pair: pair.name, target: topic) && mark?.isDefault == false
            verdicts[topic] = isOwn
            if !isOwn, told.insert(topic).inserted {
                logger.warning(
                    "Nothing is deleted from a target that this pair did not create; set demand.ownsTarget to allow it",
                    metadata: ["pair": "\(pair.name)", "topic": "\(topic)"])
            }
        }
        return partitions.filter { verdicts[$0.topic] == true }
    }
}
