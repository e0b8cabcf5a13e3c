import KafkaClient
import Logging
import Testing
import Transform

@testable import Pipeline

@Suite("Deleting from a target")
struct TargetPurgerTests {
    private let cluster = FakeCluster()
    private let audit = RecordedAudit()
    private let control = MemoryControl()
    private let partitions = [Int32(0), 1].map { TopicPartition(topic: "target", partition: $0) }

    private func purger(_ demand: DemandSettings) -> TargetPurger {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let pair = TopicPair(
            name: "pair", source: "source", target: "target", kafka: .init(common: [:]),
            action: .encrypt(EncryptionRules(valueFields: [])))
        return TargetPurger(
            pair: pair, settings: demand, admin: cluster, services: PairServices(audit: audit, control: control),
            board: DemandBoard(), logger: logger)
    }

    private func fill() {
        for partition in partitions { cluster.marks[partition] = (10, 100) }
    }

    private var offsets: [Int32: Int64] {
        Dictionary(uniqueKeysWithValues: cluster.deleted.map { ($0.partition, $0.offset) })
    }

    @Test("What every group that was seen has read goes, and nothing that one of them has not")
    func consumed() throws {
        fill()
        cluster.offsets = ["a": [partitions[0]: 50, partitions[1]: 90], "b": [partitions[0]: 70, partitions[1]: 200]]
        try purger(DemandSettings(ownsTarget: true)).purge(partitions, groups: ["a", "b"], isComplete: true)
        #expect(offsets == [0: 50, 1: 90])
        #expect(audit.events.map(\.kind) == [.purged, .purged])
        #expect(audit.events[0].details == ["policy": "consumed", "from": "10", "offsets": "40"])
    }

    @Test("A group that has committed nothing of a partition has read nothing of it")
    func uncommitted() throws {
        fill()
        cluster.offsets = ["a": [partitions[0]: 50, partitions[1]: 90], "b": [partitions[1]: 80]]
        try purger(DemandSettings(ownsTarget: true)).purge(partitions, groups: ["a", "b"], isComplete: true)
        #expect(offsets == [1: 80])
    }

    @Test("Where no group was seen nothing was read")
    func nobody() throws {
        fill()
        try purger(DemandSettings(ownsTarget: true)).purge(partitions, groups: [], isComplete: true)
        #expect(cluster.deleted.isEmpty)
    }

    @Test("After a restart every group with offsets on the target counts, and nobody else's")
    func restart() throws {
        fill()
        cluster.offsets = [
            "old": [partitions[0]: 20, partitions[1]: 95], "seen": [partitions[0]: 60, partitions[1]: 95],
            "other": [:], "fieldseal.pair": [partitions[0]: 11],
        ]
        cluster.listing = .success(
            ConsumerGroupListing(
                groups: ["old", "other", "fieldseal.pair"].map { ConsumerGroup(id: $0, state: .empty) }))
        try purger(DemandSettings(ownsTarget: true)).purge(partitions, groups: ["seen"], isComplete: false)
        #expect(offsets == [0: 20, 1: 95])
    }

    @Test("A group whose offsets can't be asked for keeps everything")
    func silent() {
        fill()
        cluster.offsets = ["a": [partitions[0]: 50, partitions[1]: 90]]
        #expect(throws: KafkaError.self) {
            try purger(DemandSettings(ownsTarget: true)).purge(partitions, groups: ["a", "b"], isComplete: true)
        }
        #expect(cluster.deleted.isEmpty)
    }

    @Test("All goes up to the end")
    func all() throws {
        fill()
        try purger(DemandSettings(purge: .all, ownsTarget: true)).purge(partitions, groups: [], isComplete: true)
        #expect(offsets == [0: 100, 1: 100])
    }

    @Test("Never is never")
    func never() throws {
        fill()
        try purger(DemandSettings(purge: .never, ownsTarget: true)).purge(partitions, groups: [], isComplete: true)
        #expect(cluster.deleted.isEmpty)
    }

    @Test("A target is purged only if it carries this pair's own mark", arguments: [nil, "pair", "other"])
    func ownership(marked: String?) throws {
        fill()
        if let marked {
            cluster.settings["target"] = [
                TargetMark.setting: TopicSetting(
                    value: TargetMark.value(pair: marked, target: "target"), isDefault: false)
            ]
        }
        try purger(DemandSettings(purge: .all)).purge(partitions, groups: [], isComplete: true)
        #expect(cluster.deleted.isEmpty == (marked != "pair"))
    }

    @Test("What is too old goes, read or not, and how much was unread is audited")
    func age() throws {
        fill()
        cluster.offsets = ["a": [partitions[0]: 70]]
        let purger = purger(DemandSettings(maximumPlaintextAge: 600_000, ownsTarget: true))
        try purger.deleteOld(partitions, groups: ["a"], isComplete: true, now: 1_000_000)
        for partition in partitions { cluster.marks[partition] = (10, 150) }
        try purger.deleteOld(partitions, groups: ["a"], isComplete: true, now: 1_599_999)
        #expect(cluster.deleted.isEmpty)
        try purger.deleteOld(partitions, groups: ["a"], isComplete: true, now: 1_600_000)
        #expect(offsets == [0: 100, 1: 100])
        #expect(audit.events.map { $0.details["unread"] } == ["30", "90"])
        #expect(audit.events.allSatisfy { $0.details["policy"] == "age" })
    }

    @Test("The notes outlive the process that took them")
    func notes() throws {
        fill()
        let demand = DemandSettings(maximumPlaintextAge: 600_000, ownsTarget: true)
        try purger(demand).deleteOld(partitions, groups: [], isComplete: true, now: 1_000_000)
        #expect(control.state.purgeNotes(ofPair: "pair", topic: "target", partition: 1)?.notes.count == 1)
        try purger(demand).deleteOld(partitions, groups: [], isComplete: true, now: 1_600_000)
        #expect(offsets == [0: 100, 1: 100])
        #expect(control.state.entries.isEmpty)
    }

    @Test("A deletion that fails is told, and what it did all the same is audited")
    func failure() throws {
        fill()
        cluster.deletionFailure = FakeCluster.refusal
        let purger = purger(DemandSettings(purge: .all, ownsTarget: true))
        #expect(throws: KafkaError.self) { try purger.purge(partitions, groups: [], isComplete: true) }
        #expect(audit.events.isEmpty)
    }
}
