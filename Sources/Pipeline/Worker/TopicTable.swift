import KafkaClient
import Records
import Transform

/// The topics that a worker reads, each with its transform, and the numbers by which its state machine knows their
/// partitions.
///
/// Belongs to the worker's thread. It is kept from session to session, and so are the numbers, so that what the state
/// machine remembers of a partition stays that partition's.
final class TopicTable {
    /// Where a record belongs.
    struct Place: Equatable {
        /// The topic's index in the table.
        var topic: Int
        /// The number of its partition.
        var slot: Int32
    }

    private struct Topic {
        var source: SourceTopic
        let name: OutputBuffer
        let transform: any RecordTransform
        /// The number of each partition; `noSlot` where it was never this worker's.
        var slots: [Int32] = []
    }

    private static let noSlot: Int32 = -1
    /// More partitions than any topic has; numbers beyond are not believed.
    private static let mostPartitions: Int32 = 1_000_000

    private var topics: [Topic] = []
    private var indices: [String: Int] = [:]
    /// The topics by where a client keeps their names, which is one place for all records of a topic.
    private var addresses: [UnsafeRawPointer: Int] = [:]
    private var last = 0
    /// Each number's topic and partition.
    private var partitions: [(topic: Int, partition: Int32)] = []

    /// How many topics there are.
    var count: Int { topics.count }

    /// Adds a topic, or takes over what has become of it; `make` makes its transform the first time.
    func put<Failure: Error>(
        _ source: SourceTopic, make: (SourceTopic) throws(Failure) -> any RecordTransform
    ) throws(Failure) {
        if let index = indices[source.name] {
            topics[index].source = source
            return
        }
        let topic = Topic(
            source: source, name: OutputBuffer(holding: Array(source.name.utf8)), transform: try make(source))
        indices[source.name] = topics.count
        topics.append(topic)
    }

    /// The index of the topic of this name.
    func index(ofTopic name: String) -> Int? { indices[name] }

    /// What is known of a topic.
    func source(at index: Int) -> SourceTopic { topics[index].source }

    /// Lets every transform let go of data keys whose time is over.
    func releaseExpired(now: Int64) {
        for topic in topics { topic.transform.releaseExpired(now: now) }
    }

    /// The transform of a topic's records.
    func transform(at index: Int) -> any RecordTransform { topics[index].transform }

    /// Where a record belongs; nil where it is of no topic or partition that was ever this worker's.
    func place(of record: RecordView) -> Place? {
        guard let topic = index(of: record.topic), record.partition >= 0 else { return nil }
        let slots = topics[topic].slots
        guard Int(record.partition) < slots.count, slots[Int(record.partition)] != Self.noSlot else { return nil }
        return Place(topic: topic, slot: slots[Int(record.partition)])
    }

    private func index(of name: UnsafeRawBufferPointer) -> Int? {
        if last < topics.count, topics[last].name.bytes.equals(name) { return last }
        guard let address = name.baseAddress else { return nil }
        if let index = addresses[address], topics[index].name.bytes.equals(name) {
            last = index
            return index
        }
        guard let index = topics.firstIndex(where: { $0.name.bytes.equals(name) }) else { return nil }
        // Addresses of clients that are gone.
        if addresses.count > 4 * topics.count { addresses.removeAll() }
        addresses[address] = index
        last = index
        return index
    }

    /// The number of a partition, made where it has none yet; nil where its topic is not in the table.
    func slot(of partition: TopicPartition) -> Int32? {
        guard let topic = indices[partition.topic], partition.partition >= 0,
            partition.partition < Self.mostPartitions
        else { return nil }
        let number = Int(partition.partition)
        while topics[topic].slots.count <= number { topics[topic].slots.append(Self.noSlot) }
        if topics[topic].slots[number] == Self.noSlot {
            topics[topic].slots[number] = Int32(partitions.count)
            partitions.append((topic, partition.partition))
        }
        return topics[topic].slots[number]
    }

    /// The topic's index of a partition's number.
    func topic(ofSlot slot: Int32) -> Int { partitions[Int(slot)].topic }

    /// The partition with this number.
    func partition(ofSlot slot: Int32, offset: Int64 = TopicPartition.noOffset) -> TopicPartition {
        let (topic, partition) = partitions[Int(slot)]
        return TopicPartition(topic: topics[topic].source.name, partition: partition, offset: offset)
    }
}
