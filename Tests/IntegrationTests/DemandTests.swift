import KafkaClient
import Logging
import Pipeline
import Testing

@Suite("A pair that works on demand")
struct DemandTests {
    private func pair(_ broker: TestBroker, _ demand: DemandSettings) -> TopicPair {
        var pair = TopicPair.test(broker)
        pair.demand = demand
        return pair
    }

    private func demand(purge: DemandSettings.Purge = .consumed, consumers: Bool = true) -> DemandSettings {
        DemandSettings(
            consumers: consumers, leases: !consumers, idleAfterMilliseconds: 500, checkIntervalMilliseconds: 200,
            purge: purge)
    }

    private func write(_ values: ClosedRange<Int>, to broker: TestBroker) throws {
        try broker.write(values.map { TestRecord(partition: Int32($0 % 2), value: "\($0)") }, to: "source")
    }

    private func awaitIdle(_ runner: PairRunner) async throws {
        try await expectEventually {
            runner.status.idle?.code == "no_demand" && runner.status.workers[0].partitions.count == 2
        }
    }

    @Test("Nothing happens before a consumer joins, everything after; what it read goes when it leaves, and so again")
    func consumer() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        try write(1...4, to: broker)
        let trail = RecordingTrail()
        try await withRunning(pair(broker, demand()), services: PairServices(audit: trail)) { runner in
            try await awaitIdle(runner)
            try write(5...24, to: broker)
            try await Task.sleep(for: .seconds(1))
            #expect(runner.status.workers[0].counters.recordsRead == 0)
            #expect(runner.status.workers[0].counters.recordsDropped == 0)
            #expect(try broker.read("target").isEmpty)

            let first = try GroupReader("target", group: "app", at: broker)
            // What was there before the pair's first start is not asked for.
            try await expectEventually { first.values.count == 20 }
            #expect(Set(first.values) == Set((5...24).map(String.init)))
            #expect(runner.status.demand?.groups == ["app"])
            try await first.leave()
            try await awaitIdle(runner)
            try await expectEventually { try broker.read("target").isEmpty }

            try write(25...30, to: broker)
            try await Task.sleep(for: .milliseconds(500))
            #expect(runner.status.workers[0].counters.recordsRead == 20)
            let second = try GroupReader("target", group: "app", at: broker)
            try await expectEventually { second.values.count == 6 }
            #expect(Set(second.values) == Set((25...30).map(String.init)))
            try await second.leave()
            try await awaitIdle(runner)
        }
        let kinds = trail.events.map(\.kind)
        #expect(kinds.count { $0 == .demandStarted } == 2)
        #expect(kinds.count { $0 == .demandEnded } == 2)
        #expect(kinds.contains(.purged))
        #expect(trail.events.first { $0.kind == .demandStarted }?.details["groups"] == "app")
    }

    @Test("What a consumer has not read stays, though it left")
    func unread() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        try await withRunning(pair(broker, demand())) { runner in
            try await awaitIdle(runner)
            try write(1...20, to: broker)
            let reader = try GroupReader("target", group: "app", limit: 5, at: broker)
            try await expectEventually { try reader.values.count == 5 && broker.read("target").count == 20 }
            try await reader.leave()
            try await expectEventually { try broker.read("target").count < 20 }
            let left = Set(try broker.read("target").compactMap(\.text))
            #expect(left.union(reader.values) == Set((1...20).map(String.init)))
            let again = try GroupReader("target", group: "app", at: broker)
            try await expectEventually { Set(reader.values + again.values).count == 20 }
            #expect(Set(again.values).isDisjoint(with: reader.values))
        }
    }

    @Test(
        "A target that the pair did not create is not purged, unless it is said to be its own",
        arguments: [false, true])
    func ownership(owns: Bool) async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        try broker.createTopic("target", partitions: 2)
        var demand = demand(purge: .all)
        demand.ownsTarget = owns
        try await withRunning(pair(broker, demand)) { runner in
            try await awaitIdle(runner)
            try write(1...6, to: broker)
            let reader = try GroupReader("target", group: "app", at: broker)
            try await expectEventually { reader.values.count == 6 }
            try await reader.leave()
            try await awaitIdle(runner)
            if owns {
                try await expectEventually { try broker.read("target").isEmpty }
            } else {
                try await Task.sleep(for: .seconds(1))
                #expect(try broker.read("target").count == 6)
            }
        }
    }

    @Test("What a former life left is purged once nobody asks for it any more")
    func restart() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        let pair = pair(broker, demand())
        let reader = try await withRunning(pair) { runner in
            try await awaitIdle(runner)
            try write(1...10, to: broker)
            let reader = try GroupReader("target", group: "app", at: broker)
            try await expectEventually { reader.values.count == 10 }
            return reader
        }
        try await reader.leave()
        #expect(try broker.read("target").count == 10)
        try await withRunning(pair) { runner in
            try await expectEventually { try broker.read("target").isEmpty }
            #expect(runner.status.workers[0].counters.recordsRead == 0)
        }
    }

    @Test("Records that are too old go, read or not, while the pair works; the note of them outlives a restart")
    func age() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        var demand = demand(purge: .never)
        demand.maximumPlaintextAge = 3_000
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let control = ControlTopic(topic: "control", kafka: broker.kafka, logger: quiet)
        try control.open(within: 30_000)
        defer { control.stop() }
        let trail = RecordingTrail()
        let services = PairServices(audit: trail, control: control)
        try await withRunning(pair(broker, demand), services: services) { runner in
            try await awaitIdle(runner)
            let reader = try GroupReader("target", group: "app", at: broker)
            try write(1...10, to: broker)
            try await expectEventually { reader.values.count == 10 }
            try await expectEventually {
                control.state.purgeNotes(ofPair: "test", topic: "target", partition: 1) != nil
            }
        }
        #expect(try broker.read("target").count == 10)
        try await withRunning(pair(broker, demand), services: services) { _ in
            try await expectEventually { try broker.read("target").isEmpty }
        }
        let purged = trail.events.filter { $0.kind == .purged }
        #expect(!purged.isEmpty)
        #expect(purged.allSatisfy { $0.details["policy"] == "age" && $0.details["unread"] != nil })
    }

    @Test("A source is emptied behind a pair that encrypts it, but not past a record that it stands still at")
    func source() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        var pair = TopicPair.test(broker)
        pair.purgeSource = SourcePurgeSettings(afterMilliseconds: 500)
        try await withRunning(pair) { runner in
            try write(1...10, to: broker)
            try broker.write(
                [TestRecord(partition: 1, value: "poison"), TestRecord(partition: 1, value: "after")], to: "source")
            try await expectEventually { try broker.read("target").count == 10 }
            try await expectEventually { try broker.read("source").map(\.text) == ["poison", "after"] }
            #expect(runner.status.haltedPartitions.count == 1)
            #expect(runner.status.purgedOffsets == 10)
        }
    }
}
