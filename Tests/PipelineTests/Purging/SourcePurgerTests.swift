import KafkaClient
import Logging
import Testing
import Transform

@testable import Pipeline

@Suite("Deleting from a source")
struct SourcePurgerTests {
    private let cluster = FakeCluster()
    private let audit = RecordedAudit()
    private let partition = TopicPartition(topic: "source", partition: 0)
    private let place = TopicPartition(topic: "source", partition: 0, offset: 80)

    private func purger(respectsOtherGroups: Bool = true) -> SourcePurger {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let pair = TopicPair(
            name: "pair", source: "source", target: "target", kafka: .init(common: [:]),
            action: .encrypt(EncryptionRules(valueFields: [])))
        cluster.marks[partition] = (10, 100)
        return SourcePurger(
            pair: pair,
            settings: SourcePurgeSettings(
                afterMilliseconds: 600_000, respectsOtherGroups: respectsOtherGroups), admin: cluster,
            services: PairServices(audit: audit, control: nil), board: DemandBoard(), logger: logger)
    }

    private func list(_ groups: [String: ConsumerGroup.State]) {
        cluster.listing = .success(
            ConsumerGroupListing(groups: groups.map { ConsumerGroup(id: $0.key, state: $0.value) }))
    }

    @Test("What was committed long enough ago goes, and nothing younger")
    func age() throws {
        let purger = purger()
        cluster.offsets["fieldseal.pair"] = [partition: 50]
        try purger.purge([place], now: 1_000_000)
        cluster.offsets["fieldseal.pair"] = [partition: 80]
        try purger.purge([place], now: 1_599_999)
        #expect(cluster.deleted.isEmpty)
        try purger.purge([place], now: 1_600_000)
        #expect(cluster.deleted.map(\.offset) == [50])
        #expect(audit.events.map { $0.details["policy"] } == ["source"])
        try purger.purge([place], now: 2_199_999)
        #expect(cluster.deleted.map(\.offset) == [50, 80])
    }

    @Test("Without a committed offset nothing goes, nor beyond where the worker stands")
    func halted() throws {
        let purger = purger()
        cluster.offsets["fieldseal.pair"] = [:]
        try purger.purge([place], now: 1_000_000)
        cluster.offsets["fieldseal.pair"] = [partition: 81]
        try purger.purge([place], now: 2_000_000)
        try purger.purge([place], now: 3_000_000)
        #expect(cluster.deleted.isEmpty)
    }

    @Test(
        "Another group keeps what it has not read, unless told otherwise",
        arguments: [(true, [60]), (false, [80])] as [(Bool, [Int64])])
    func others(respects: Bool, expected: [Int64]) throws {
        let purger = purger(respectsOtherGroups: respects)
        cluster.offsets = ["fieldseal.pair": [partition: 80], "other": [partition: 60]]
        list(["fieldseal.pair": .stable, "other": .empty])
        try purger.purge([place], now: 1_000_000)
        try purger.purge([place], now: 1_600_000)
        #expect(cluster.deleted.map(\.offset) == expected)
    }

    @Test("While a live group can't be described for the time being, nothing goes")
    func undescribed() throws {
        let purger = purger()
        cluster.offsets = ["fieldseal.pair": [partition: 80], "other": [:]]
        list(["other": .stable])
        cluster.descriptions["other"] = .failure(.noAnswer("describe it"))
        try purger.purge([place], now: 1_000_000)
        #expect(throws: PipelineError.self) { try purger.purge([place], now: 1_600_000) }
        #expect(cluster.deleted.isEmpty)
        cluster.descriptions["other"] = .success(ConsumerGroup(id: "other", state: .stable))
        try purger.purge([place], now: 1_600_001)
        #expect(cluster.deleted.map(\.offset) == [80])
    }

    @Test(
        "A live group that has committed nothing keeps everything, and so does one that is about to be given partitions",
        arguments: [ConsumerGroup.State.stable, .rebalancing])
    func live(state: ConsumerGroup.State) throws {
        let purger = purger()
        cluster.offsets = ["fieldseal.pair": [partition: 80], "other": [:]]
        list(["other": state])
        cluster.descriptions["other"] = .success(
            ConsumerGroup(id: "other", state: state, assignments: [TopicPartition(topic: "source", partition: 0)]))
        try purger.purge([place], now: 1_000_000)
        try purger.purge([place], now: 1_600_000)
        #expect(cluster.deleted.isEmpty)
        list(["other": .empty])
        try purger.purge([place], now: 1_700_000)
        #expect(cluster.deleted.map(\.offset) == [80])
    }
}
