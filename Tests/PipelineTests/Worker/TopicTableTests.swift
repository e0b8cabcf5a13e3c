import KafkaClient
import Records
import Testing
import Transform

@testable import Pipeline

@Suite("A worker's topics")
struct TopicTableTests {
    private final class Copy: RecordTransform {
        func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView { record }
        func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool { false }
    }

    private func table(_ names: [String]) -> TopicTable {
        let table = TopicTable()
        for name in names { put(name, in: table) }
        return table
    }

    private func put(_ name: String, in table: TopicTable, partitions: Int = 3) {
        let source = SourceTopic(
            name: name, target: name + ".t", partitions: partitions, targetPartitions: partitions,
            maximumMessageBytes: 1)
        table.put(source) { _ in Copy() }
    }

    /// The place of a record whose topic's name lies in memory of its own.
    private func place(_ topic: String, _ partition: Int32, in table: TopicTable) -> TopicTable.Place? {
        Array(topic.utf8).withUnsafeBytes { name in
            table.place(
                of: RecordView(
                    topic: name, partition: partition, offset: 0, timestamp: 0, key: nil, value: nil,
                    headers: UnsafeBufferPointer(start: nil, count: 0)))
        }
    }

    @Test("Each partition of each topic has a number of its own, which leads back to it")
    func numbers() throws {
        let table = table(["a", "b"])
        var seen: Set<Int32> = []
        for topic in ["b", "a"] {
            for partition in [Int32(2), 0] {
                let slot = try #require(table.slot(of: TopicPartition(topic: topic, partition: partition)))
                #expect(seen.insert(slot).inserted)
                #expect(
                    table.partition(ofSlot: slot, offset: 7)
                        == TopicPartition(topic: topic, partition: partition, offset: 7))
                #expect(table.slot(of: TopicPartition(topic: topic, partition: partition)) == slot)
            }
        }
    }

    @Test("Records find their place, in whatever order topics come and wherever their names lie")
    func places() throws {
        let table = table((0..<20).map { "topic-\($0)" })
        var slots: [String: Int32] = [:]
        for number in 0..<20 {
            slots["topic-\(number)"] = table.slot(of: .init(topic: "topic-\(number)", partition: 1))
        }
        var generator = SplitMix64(seed: 7)
        for _ in 0..<2_000 {
            let topic = "topic-\(Int.random(in: 0..<20, using: &generator))"
            let found = try #require(place(topic, 1, in: table))
            #expect(found.slot == slots[topic])
            #expect(table.source(at: found.topic).name == topic)
        }
    }

    @Test("A record of a topic or partition that was never the worker's has no place")
    func strangers() {
        let table = table(["a"])
        _ = table.slot(of: TopicPartition(topic: "a", partition: 1))
        #expect(place("a", 1, in: table) != nil)
        #expect(place("a", 0, in: table) == nil)
        #expect(place("a", 2, in: table) == nil)
        #expect(place("a", -1, in: table) == nil)
        #expect(place("b", 1, in: table) == nil)
        #expect(table.slot(of: TopicPartition(topic: "b", partition: 0)) == nil)
        #expect(table.slot(of: TopicPartition(topic: "a", partition: .max)) == nil)
    }

    @Test("What becomes of a topic is taken over, with the transform that it had")
    func renewed() {
        let table = table(["a"])
        let transform = table.transform(at: 0)
        put("a", in: table, partitions: 9)
        #expect(table.count == 1)
        #expect(table.source(at: 0).targetPartitions == 9)
        #expect(table.transform(at: 0) === transform)
    }
}
