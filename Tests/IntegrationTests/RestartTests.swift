import Pipeline
import Testing

@Suite("Stopping, starting and sharing")
struct RestartTests {
    private static func records(_ numbers: Range<Int>, partitions: Int32 = 1) -> [TestRecord] {
        numbers.map { TestRecord(partition: Int32($0) % partitions, key: "k", value: String($0)) }
    }

    @Test("A restart goes on where it was", arguments: TopicPair.Delivery.allCases, ["test", nil])
    func restart(delivery: TopicPair.Delivery, instance: String?) async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        let pair = TopicPair.test(broker, instance: instance, delivery: delivery)
        for round in 0..<3 {
            try broker.write(Self.records(round * 100..<(round + 1) * 100), to: "source")
            try await withRunning(pair) { _ in
                try await expectEventually { try broker.read("target").count >= (round + 1) * 100 }
            }
        }
        #expect(try broker.read("target").map(\.text) == (0..<300).map(String.init))
    }

    @Test("A stop in the midst of records commits what was written, and the rest follows at the next start")
    func stopInTheMidst() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        let written = Self.records(0..<20_000, partitions: 2)
        try broker.write(written, to: "source")
        let pair = TopicPair.test(broker)
        try await withRunning(pair) { runner in
            try await expectEventually { runner.status.workers[0].counters.recordsWritten > 0 }
        }
        let afterStop = try broker.read("target").count
        let offsets = try broker.committed(group: pair.groupID, topic: "source", partitions: 2)
        #expect(offsets.values.reduce(0, +) == Int64(afterStop))
        try await withRunning(pair) { _ in
            try await expectEventually { try broker.read("target").count >= written.count }
        }
        let expected = written.filter { $0.partition == 0 } + written.filter { $0.partition == 1 }
        #expect(try broker.read("target").map(\.content) == expected)
    }

    @Test("Two workers share the partitions, and each record comes through once", arguments: ["test", nil])
    func workersShare(instance: String?) async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 4)
        try broker.write(Self.records(0..<400, partitions: 4), to: "source")
        try await withRunning(.test(broker, instance: instance, workers: 2)) { runner in
            try await expectEventually { runner.status.workers.allSatisfy { $0.partitions.count == 2 } }
            try broker.write(Self.records(400..<800, partitions: 4), to: "source")
            try await expectEventually { try broker.read("target").count >= 800 }
            #expect(runner.status.workers.allSatisfy { $0.counters.recordsWritten > 0 })
        }
        let texts = try broker.read("target").compactMap(\.text)
        #expect(texts == (0..<4).flatMap { partition in stride(from: partition, to: 800, by: 4).map(String.init) })
    }

    @Test("Another process joins and leaves while records flow, and each comes through once")
    func processesShare() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 4)
        try await withRunning(.test(broker, instance: "one")) { first in
            try broker.write(Self.records(0..<400, partitions: 4), to: "source")
            var second = TopicPair.test(broker, instance: "two")
            second.leavesOnShutdown = true
            try await withRunning(second) { runner in
                try await expectEventually { runner.status.workers[0].partitions.count == 2 }
                try broker.write(Self.records(400..<800, partitions: 4), to: "source")
                try await expectEventually { try broker.read("target").count >= 800 }
            }
            try await expectEventually { first.status.workers[0].partitions.count == 4 }
            try broker.write(Self.records(800..<1_200, partitions: 4), to: "source")
            try await expectEventually { try broker.read("target").count >= 1_200 }
        }
        let texts = try broker.read("target").compactMap(\.text)
        #expect(texts == (0..<4).flatMap { partition in stride(from: partition, to: 1_200, by: 4).map(String.init) })
    }

    @Test("A second process with the same name makes the first stop and say so")
    func fenced() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        await #expect {
            try await withRunning(.test(broker)) { first in
                try await expectEventually { first.status.workers[0].partitions.count == 1 }
                try await withRunning(.test(broker)) { second in
                    try await expectEventually { second.status.workers[0].partitions.count == 1 }
                    try broker.write(Self.records(0..<10), to: "source")
                    try await expectEventually { try broker.read("target").count == 10 }
                    try await expectEventually { first.status.workers.allSatisfy { !$0.isRunning } }
                }
            }
        } throws: { error in
            (error as? PipelineError)?.kind == .fenced
        }
    }
}
