import KafkaClient
import KeyManagement
import Logging
import Pipeline
import Records
import Testing
import Transform

@Suite("Dead letters")
struct DeadLetterTests {
    /// Passes every record on.
    private final class Copy: RecordTransform {
        func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView { record }
        func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool { false }
    }

    private static let key = "in-memory-kms://dead"

    private func cache(_ name: String = "dead") throws -> DataKeyCache {
        var inMemory = InMemorySettings()
        inMemory.keys[name] = [UInt8](repeating: 7, count: 32).withUnsafeBytes { SecretBytes(copying: $0) }
        return try DataKeyCache(KeyManagementSettings(inMemory: inMemory))
    }

    private func pair(_ broker: TestBroker, delivery: TopicPair.Delivery = .exactlyOnce) throws -> TopicPair {
        var pair = TopicPair.test(broker, delivery: delivery)
        let rules = DeadLetterRules(topic: "dead", key: try KeySecretTemplate(parsing: Self.key))
        pair.deadLetters = DeadLetterPolicy(rules: rules, takesErrors: true)
        return pair
    }

    private func withPair<Result>(
        _ pair: TopicPair, _ cache: DataKeyCache, trail: RecordingTrail = RecordingTrail(),
        _ body: (PairRunner) async throws -> Result
    ) async throws -> Result {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let rules = try #require(pair.deadLetters?.rules)
        let runner = PairRunner(
            pair: pair, logger: logger, services: PairServices(audit: trail),
            makeDeadLetterSealer: { try DeadLetterSealer(rules: rules, keys: DataKeyReader(cache: cache)) }
        ) { _ in TestTransform() }
        let run = Task { try await runner.run() }
        do {
            let result = try await body(runner)
            runner.stop()
            try await run.value
            return result
        } catch {
            runner.stop()
            try? await run.value
            throw error
        }
    }

    private func open(_ letter: TestRecord, _ pair: TopicPair, _ cache: DataKeyCache) throws -> RecordLine {
        let rules = try #require(pair.deadLetters?.rules)
        let opener = try DeadLetterOpener(rules: rules, keys: DataKeyReader(cache: cache))
        let line = RecordLine(
            topic: Array("dead".utf8), partition: letter.partition, offset: letter.offset, key: letter.key,
            value: letter.value,
            headers: letter.headers.map { .init(name: Array($0.name.utf8), value: $0.value) })
        for _ in 0..<20 {
            do throws(TransformError) {
                return try line.withRecord(defaultTopic: []) { view throws(TransformError) in
                    try opener.open(view, now: DataKeyCache.now())
                }
            } catch {
                guard let need = error.need, opener.obtain(need, within: 5_000) else { throw error }
            }
        }
        throw TransformError(.internalError, "no end")
    }

    private static let poison = TestRecord(
        partition: 1, key: "k", value: "poison", headers: [.init("h", "x"), .init("n", nil)])

    @Test(
        "A record that fails becomes a sealed letter with the offsets, and the partition goes on",
        arguments: TopicPair.Delivery.allCases)
    func deadLettered(delivery: TopicPair.Delivery) async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2, settings: ["max.message.bytes": "3000"])
        try broker.write(
            [TestRecord(partition: 1, value: "a"), Self.poison, TestRecord(partition: 1, value: "b")], to: "source")
        let pair = try pair(broker, delivery: delivery)
        let cache = try cache()
        let trail = RecordingTrail()
        try await withPair(pair, cache, trail: trail) { runner in
            try await expectEventually { try broker.read("target").count == 2 && broker.read("dead").count == 1 }
            try await expectEventually { runner.status.counters.recordsDeadLettered == 1 }
            #expect(runner.status.haltedPartitions.isEmpty)
        }
        #expect(try broker.read("target").map(\.text) == ["a", "b"])
        #expect(try broker.committed(group: pair.groupID, topic: "source", partitions: 2)[1] == 3)
        let letter = try #require(try broker.read("dead").first)
        #expect(letter.partition == 1 && letter.key == nil && letter.timestamp > Self.poison.timestamp)
        #expect(letter.headers.map(\.name) == ["fieldseal.envelope", "fieldseal.error"])
        let error =
            #"{"pair":"test","topic":"source","partition":1,"offset":1,"reason":"malformed_payload","field":"ssn"}"#
        #expect(letter.headers[1] == .init("fieldseal.error", error))
        let line = try open(letter, pair, cache)
        #expect(line.value == Self.poison.value && line.key == Self.poison.key && line.offset == 1)
        #expect(line.headers.map(\.value) == [Array("x".utf8), nil] && line.partition == 1)
        let admin = try broker.admin()
        #expect(try admin.describe(topic: "dead", timeout: 10_000)?.partitions == 2)
        #expect(try admin.settings(ofTopic: "dead", timeout: 10_000)["max.message.bytes"]?.value == "6000")
        #expect(trail.events.map(\.kind) == [.encryptionFailed, .deadLettered])
    }

    @Test("Without a working key nothing is written, and the partition halts at the record")
    func noKey() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        try broker.write(
            [TestRecord(partition: 1, value: "a"), Self.poison, TestRecord(partition: 0, value: "b")], to: "source")
        let pair = try pair(broker)
        try await withPair(pair, try cache("another")) { runner in
            try await expectEventually { runner.status.haltedPartitions.first?.halt?.code == "dead_letter_failed" }
            #expect(runner.status.haltedPartitions.map(\.next) == [1])
            #expect(runner.status.haltedPartitions.map(\.isRetrying) == [true])
            try await expectEventually { try broker.read("target").count == 2 }
        }
        #expect(try broker.read("dead").isEmpty)
        #expect(try broker.read("target").map(\.text) == ["b", "a"])
    }

    @Test("What may pass by itself never becomes a letter")
    func transient() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        try broker.write([TestRecord(value: "silent")], to: "source")
        try await withPair(try pair(broker), try cache()) { runner in
            try await expectEventually { runner.status.haltedPartitions.first?.halt?.code == "key_unavailable" }
        }
        #expect(try broker.read("dead").isEmpty)
    }

    @Test("A record that the target does not take for its size becomes a letter")
    func tooLarge() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source")
        try broker.createTopic("target", settings: ["max.message.bytes": "2000"])
        let large = String(repeating: "x", count: 3_000)
        try broker.write(["a", large, "b"].map { TestRecord(value: $0) }, to: "source")
        let pair = try pair(broker)
        let cache = try cache()
        try await withPair(pair, cache) { _ in
            try await expectEventually { try broker.read("target").count == 2 && broker.read("dead").count == 1 }
        }
        let letter = try #require(try broker.read("dead").first)
        #expect(
            letter.headers.last?.value.map { String(decoding: $0, as: UTF8.self).contains("record_too_large") } == true)
        #expect(try open(letter, pair, cache).value == Array(large.utf8))
    }

    private func replay(
        _ pair: TopicPair, _ cache: DataKeyCache, _ transform: @escaping @Sendable () -> any RecordTransform
    ) async throws -> (report: DeadLetterReplay.Report, failures: [String]) {
        let rules = try #require(pair.deadLetters?.rules)
        return try await Task.detached {
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let tools = DeadLetterReplay.Tools(
                opener: try DeadLetterOpener(rules: rules, keys: DataKeyReader(cache: cache)),
                sealer: try DeadLetterSealer(rules: rules, keys: DataKeyReader(cache: cache))
            ) { _ in transform() }
            var failures: [String] = []
            let report = try DeadLetterReplay(pair: pair, tools: tools, logger: logger).run {
                failures.append("\($0.topic ?? "-")/\($0.partition)/\($0.offset) \($0.error.reason.rawValue)")
            }
            return (report, failures)
        }.value
    }

    @Test("A replay writes what succeeds now once, and leaves the rest for the next one")
    func replay() async throws {
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        try broker.createTopic("source", partitions: 2)
        try broker.write([Self.poison, TestRecord(partition: 1, value: "a")], to: "source")
        let pair = try pair(broker)
        let cache = try cache()
        try await withPair(pair, cache) { _ in
            try await expectEventually { try broker.read("target").count == 1 && broker.read("dead").count == 1 }
        }
        // Nobody's letter: it can't be opened, and stays as it is.
        try broker.write([TestRecord(partition: 0, value: "forged")], to: "dead")
        let first = try await replay(pair, cache) { TestTransform() }
        #expect(first.report == .init(replayed: 0, remaining: 2))
        #expect(first.failures.sorted() == ["-/0/0 not_encrypted", "source/1/0 malformed_payload"])
        #expect(try broker.read("target").count == 1)
        let second = try await replay(pair, cache) { Copy() }
        #expect(second.report == .init(replayed: 1, remaining: 1))
        let third = try await replay(pair, cache) { Copy() }
        #expect(third.report == .init(replayed: 0, remaining: 1))
        let target = try broker.read("target")
        #expect(target.map(\.text) == ["a", "poison"])
        #expect(target.last?.content == Self.poison.content)
    }
}
