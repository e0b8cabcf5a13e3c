import Logging
import Pipeline
import Transform

extension TopicPair {
    /// A pair from "source" to "target" whose rules do not matter, since tests bring their own transform.
    static func test(
        _ broker: TestBroker, target: TargetTopic = TargetTopic(configuration: ["retention.ms": "-1"]),
        instance: String? = "test", workers: Int = 1,
        delivery: Delivery = .exactlyOnce, startFrom: StartPosition? = nil
    ) -> TopicPair {
        TopicPair(
            name: "test", source: "source", target: "target", targetTopic: target, instance: instance,
            workers: workers, delivery: delivery, startFrom: startFrom, kafka: broker.kafka,
            action: .encrypt(EncryptionRules(valueFields: [])))
    }
}

/// Runs a pair while `body` runs, then stops it and waits for its end.
func withRunning<Result>(
    _ pair: TopicPair, gate: TestTransform.Gate = TestTransform.Gate(), services: PairServices = PairServices(),
    _ body: (PairRunner) async throws -> Result
) async throws -> Result {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let runner = PairRunner(pair: pair, logger: logger, services: services) { _ in TestTransform(gate: gate) }
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
