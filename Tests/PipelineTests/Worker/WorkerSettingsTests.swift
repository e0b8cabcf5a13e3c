import Testing
import Transform

@testable import Pipeline

@Suite("A worker's settings")
struct WorkerSettingsTests {
    private func settings(
        instance: String?, delivery: TopicPair.Delivery = .exactlyOnce, kafka: [String: String] = [:],
        maximumMessageBytes: Int = 1_500_000, source: String = "s", targets: [Int]? = nil
    ) -> WorkerSettings {
        let pair = TopicPair(
            name: "p", source: source, target: "{{record.topic}}.t", instance: instance, delivery: delivery,
            kafka: .init(common: kafka, consumer: ["fetch.wait.max.ms": "7"], producer: ["linger.ms": "8"]),
            action: .encrypt(EncryptionRules(valueFields: [])))
        return WorkerSettings(
            pair: pair, identity: WorkerIdentity(pair: pair, number: 2, unique: "u"),
            targets: targets ?? [maximumMessageBytes])
    }

    @Test("With an instance both names are the group's, the instance's and the worker's number")
    func staticNames() {
        let settings = settings(instance: "pod-0")
        #expect(settings.consumer["group.instance.id"] == "fieldseal.p.pod-0.2")
        #expect(settings.producer["transactional.id"] == "fieldseal.p.pod-0.2")
        #expect(settings.consumer["session.timeout.ms"] == "45000")
        #expect(settings.transactionTimeout == 60_000)
    }

    @Test("Without an instance the member is dynamic, with a transactional id of its own and shorter time-outs")
    func dynamicNames() {
        let settings = settings(instance: nil)
        #expect(settings.consumer["group.instance.id"] == nil)
        #expect(settings.producer["transactional.id"] == "fieldseal.p.u")
        #expect(settings.consumer["session.timeout.ms"] == "10000")
        #expect(settings.transactionTimeout == 15_000)
    }

    @Test("The configuration may change defaults, and not what the guarantees rest on")
    func precedence() {
        let settings = settings(
            instance: nil,
            kafka: [
                "session.timeout.ms": "20000", "transaction.timeout.ms": "30000", "enable.auto.commit": "true",
                "isolation.level": "read_uncommitted", "enable.idempotence": "false",
            ])
        #expect(settings.consumer["session.timeout.ms"] == "20000")
        #expect(settings.transactionTimeout == 30_000)
        #expect(settings.consumer["enable.auto.commit"] == "false")
        #expect(settings.consumer["isolation.level"] == "read_committed")
        #expect(settings.producer["enable.idempotence"] == "true")
        #expect(settings.consumer["fetch.wait.max.ms"] == "7")
        #expect(settings.producer["fetch.wait.max.ms"] == nil)
        #expect(settings.producer["linger.ms"] == "8")
    }

    @Test("At least once needs no transactional id")
    func atLeastOnce() {
        #expect(settings(instance: "a", delivery: .atLeastOnce).producer["transactional.id"] == nil)
    }

    @Test("The largest message is the target's, within what librdkafka takes")
    func largestMessage() {
        #expect(settings(instance: nil).producer["message.max.bytes"] == "1500000")
        #expect(settings(instance: nil, maximumMessageBytes: 1).producer["message.max.bytes"] == "1000")
        #expect(settings(instance: nil, maximumMessageBytes: .max).producer["message.max.bytes"] == "1000000000")
    }

    @Test("Of many targets, a batch fits the smallest, and the worker looks at each record's size itself")
    func manyTargets() {
        let settings = settings(instance: nil, source: "^s", targets: [3_000_000, 50_000])
        #expect(settings.producer["message.max.bytes"] == "1000000000")
        #expect(settings.producer["batch.size"] == "50000")
        #expect(settings.smallestTarget == 50_000)
        #expect(self.settings(instance: nil, source: "^s", targets: []).producer["batch.size"] == "1000000")
        let given = self.settings(instance: nil, kafka: ["batch.size": "700"], source: "^s", targets: [3_000_000])
        #expect(given.producer["batch.size"] == "700")
    }

    @Test("Partitions of a pattern's topics are dealt out one by one, over all topics")
    func assignor() {
        #expect(settings(instance: nil, source: "^s").consumer["partition.assignment.strategy"] == "roundrobin")
        #expect(settings(instance: nil).consumer["partition.assignment.strategy"] == "range")
    }
}
