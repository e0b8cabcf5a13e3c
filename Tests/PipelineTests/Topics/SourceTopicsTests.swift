import Testing

@testable import Pipeline

@Suite("The topics that a pair reads now")
struct SourceTopicsTests {
    private func topic(_ name: String, partitions: Int = 1) -> SourceTopic {
        SourceTopic(
            name: name, target: name + ".t", partitions: partitions, targetPartitions: partitions,
            maximumMessageBytes: 1)
    }

    @Test("Their version changes when one comes or goes, and only then")
    func version() {
        let topics = SourceTopics()
        topics.put(topic("b"))
        let first = topics.version
        topics.put(topic("b", partitions: 2))
        topics.replace(by: [topic("b", partitions: 3)])
        #expect(topics.version == first)
        #expect(topics.topic(named: "b")?.partitions == 3)
        topics.replace(by: [topic("b"), topic("a")])
        #expect(topics.version != first)
        #expect(topics.names == ["a", "b"])
        #expect(topics.all.map(\.name) == ["a", "b"])
        let second = topics.version
        topics.replace(by: [])
        #expect(topics.version != second)
        #expect(topics.names.isEmpty && topics.topic(named: "a") == nil)
    }
}
