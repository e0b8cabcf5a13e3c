import KafkaClient

/// The age notes of a pair's partitions, kept in the control topic where there is one, so that a restart and whoever gets
/// the partition next go on with them.
///
/// Belongs to one thread.
final class NoteBook {
    private struct Page {
        var notes: AgeNotes
        var isStored = true
    }

    private let pair: String
    private let age: Int64
    private let control: (any ControlStore)?
    private var pages: [TopicPartition: Page] = [:]
    /// How long writing may take, in milliseconds.
    private static let timeout = 2_000

    init(pair: String, age: Int64, control: (any ControlStore)?) {
        self.pair = pair
        self.age = age
        self.control = control
    }

    /// Whether earlier notes are known: before, none may be written over them.
    var isReady: Bool { control?.isCaughtUp ?? true }

    /// Only these partitions (without offsets) are this process's now: what is known of others is somebody else's.
    func keep(_ partitions: [TopicPartition]) {
        let kept = Set(partitions)
        pages = pages.filter { kept.contains($0.key) }
    }

    /// Takes a look at a partition down, and tells up to where its records are too old.
    func look(at partition: TopicPartition, endOffset: Int64, now: Int64) -> Int64? {
        var page = page(of: partition)
        if page.notes.look(endOffset: endOffset, now: now) { page.isStored = false }
        pages[partition] = page
        return page.notes.due(now: now)
    }

    /// The records before `offset` are gone.
    func forget(_ partition: TopicPartition, before offset: Int64) {
        guard var page = pages[partition] else { return }
        let before = page.notes
        page.notes.forget(before: offset)
        if page.notes != before { page.isStored = false }
        pages[partition] = page
    }

    private func page(of partition: TopicPartition) -> Page {
        if let page = pages[partition] { return page }
        let stored = control?.state.purgeNotes(ofPair: pair, topic: partition.topic, partition: partition.partition)
        return Page(notes: AgeNotes(age: age, notes: stored?.notes ?? []))
    }

    /// Writes down what has changed; what can't be written is kept for the next time.
    func store() throws(PipelineError) {
        guard let control else { return }
        for (partition, page) in pages where !page.isStored {
            if page.notes.notes.isEmpty {
                try control.remove(
                    .purgeNotes(pair: pair, topic: partition.topic, partition: partition.partition),
                    within: Self.timeout)
            } else {
                let entry = ControlEntry.PurgeNotes(
                    pair: pair, topic: partition.topic, partition: partition.partition, notes: page.notes.notes)
                try control.put(.purgeNotes(entry), within: Self.timeout)
            }
            pages[partition]?.isStored = true
        }
    }
}
