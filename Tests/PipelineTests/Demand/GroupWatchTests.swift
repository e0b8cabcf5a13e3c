import KafkaClient
import Logging
import Records
import Testing

@testable import Pipeline

@Suite("Looking at a cluster's groups")
struct GroupWatchTests {
    private let cluster = FakeCluster()
    private let targets = [Int32(0), 1].map { TopicPartition(topic: "target", partition: $0) }

    private func watch(_ settings: DemandSettings = DemandSettings()) -> GroupWatch {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return GroupWatch(pair: "pair", settings: settings, admin: cluster, logger: logger)
    }

    private func list(_ groups: [String: ConsumerGroup.State]) {
        cluster.listing = .success(
            ConsumerGroupListing(groups: groups.map { ConsumerGroup(id: $0.key, state: $0.value) }))
    }

    private func describe(_ name: String, _ topic: String, state: ConsumerGroup.State = .stable) {
        cluster.descriptions[name] = .success(
            ConsumerGroup(id: name, state: state, assignments: [TopicPartition(topic: topic, partition: 0, offset: -1)])
        )
    }

    @Test("Only a stable group that is assigned the target counts")
    func assigned() throws {
        list(["readers": .stable, "others": .stable, "gone": .empty])
        describe("readers", "target")
        describe("others", "elsewhere")
        describe("gone", "target")
        #expect(try watch().look(at: targets, now: 0) == ["readers"])
    }

    @Test("Fieldseal's own groups never count, nor those that the filters leave out")
    func filters() throws {
        for name in ["fieldseal.open", "own", "app-1", "app-2", "tool"] { describe(name, "target") }
        list(Dictionary(uniqueKeysWithValues: cluster.descriptions.keys.map { ($0, .stable) }))
        let settings = DemandSettings(
            includedGroups: try RegularExpression(parsing: "app-.*|own|fieldseal.*"),
            excludedGroups: try RegularExpression(parsing: ".*-2"), ownGroups: ["own"])
        #expect(try watch(settings).look(at: targets, now: 0) == ["app-1"])
    }

    @Test("A rebalance changes nothing, seen by the list or by the description")
    func rebalance() throws {
        let watch = watch()
        list(["readers": .rebalancing])
        #expect(try watch.look(at: targets, now: 0).isEmpty)
        list(["readers": .stable])
        describe("readers", "target")
        #expect(try watch.look(at: targets, now: 0) == ["readers"])
        describe("readers", "elsewhere", state: .rebalancing)
        #expect(try watch.look(at: targets, now: 0) == ["readers"])
        list(["readers": .rebalancing])
        #expect(try watch.look(at: targets, now: 0) == ["readers"])
        list(["readers": .empty])
        #expect(try watch.look(at: targets, now: 0).isEmpty)
    }

    @Test(
        "A live group that can't be described counts if it has committed offsets on the target",
        arguments: [true, false])
    func undescribed(isOfNewProtocol: Bool) throws {
        list(["with": .stable, "without": .stable, "silent": .stable])
        for name in ["with", "without", "silent"] {
            cluster.descriptions[name] =
                isOfNewProtocol
                ? .success(ConsumerGroup(id: name, state: .dead)) : .failure(.undelivered(.topicAuthorizationFailed))
        }
        cluster.offsets = ["with": [targets[1]: 3], "without": [:]]
        #expect(try watch().look(at: targets, now: 0) == ["with"])
    }

    @Test("A failed look is no look, and a broker that does not answer takes no group away")
    func failures() throws {
        let watch = watch()
        list(["readers": .stable])
        describe("readers", "target")
        #expect(try watch.look(at: targets, now: 0) == ["readers"])
        cluster.listing = .failure(FakeCluster.refusal)
        #expect(throws: KafkaError.self) { try watch.look(at: targets, now: 0) }
        cluster.listing = .success(ConsumerGroupListing(groups: [], failures: [FakeCluster.refusal]))
        #expect(throws: KafkaError.self) { try watch.look(at: targets, now: 0) }
        cluster.listing = .success(
            ConsumerGroupListing(
                groups: [ConsumerGroup(id: "others", state: .empty)], failures: [FakeCluster.refusal]))
        #expect(try watch.look(at: targets, now: 0) == ["readers"])
        list(["readers": .stable])
        cluster.descriptions["readers"] = .failure(FakeCluster.refusal)
        #expect(try watch.look(at: targets, now: 0) == ["readers"])
    }

    @Test("No group at all to be seen is told loudly, once it lasts, and not too often")
    func blind() throws {
        let lines = LineCount()
        let logger = Logger(label: "test") { _ in lines }
        let watch = GroupWatch(pair: "pair", settings: DemandSettings(), admin: cluster, logger: logger)
        for now in [Int64(0), 5_000] { _ = try watch.look(at: targets, now: now) }
        #expect(lines.errors.isEmpty)
        for now in [Int64(10_000), 15_000] { _ = try watch.look(at: targets, now: now) }
        #expect(lines.errors.count == 1)
        #expect(lines.errors[0].contains("ACL Describe on Group"))
        list(["fieldseal.pair": .stable])
        _ = try watch.look(at: targets, now: 20_000)
        #expect(lines.errors.count == 1)
    }
}
