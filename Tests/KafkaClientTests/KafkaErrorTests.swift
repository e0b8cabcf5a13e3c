import Testing

@testable import KafkaClient

@Suite("Errors of Kafka")
struct KafkaErrorTests {
    @Test("A refused property is named, and its value is not")
    func invalidSetting() {
        for (name, value) in [("sasl.pasword", "secret-value"), ("session.timeout.ms", "secret-value")] {
            let error = #expect(throws: KafkaError.self) { try Admin(settings: [name: value]) }
            guard case .invalidSetting = error else {
                Issue.record("another error")
                continue
            }
            #expect(error?.description.contains(name) == true)
            #expect(error?.description.contains("secret-value") == false)
            #expect(error?.isTransient == false)
        }
    }

    @Test("Properties that do not go together are refused")
    func contradiction() {
        #expect(throws: KafkaError.self) {
            try Consumer(settings: [
                "group.id": "g", "session.timeout.ms": "60000", "max.poll.interval.ms": "10000",
            ])
        }
    }

    @Test("A code decides what kind of error it is")
    func kinds() {
        func kind(_ code: KafkaErrorCode) -> String {
            switch KafkaError(KafkaError.Failure("do something", code: code)) {
            case .unreachable: "unreachable"
            case .refused: "refused"
            case .fenced: "fenced"
            case .failed: "failed"
            case .invalidSetting: "invalidSetting"
            }
        }
        #expect(kind(.timedOut) == "unreachable")
        #expect(kind(.transport) == "unreachable")
        #expect(kind(.topicAuthorizationFailed) == "refused")
        #expect(kind(.producerFenced) == "fenced")
        #expect(kind(.fencedInstance) == "fenced")
        #expect(kind(.fenced) == "fenced")
        #expect(kind(.illegalGeneration) == "failed")
    }

    @Test("Brokers that can't be reached are a transient error that says so")
    func unreachable() throws {
        let admin = try Admin(settings: ["bootstrap.servers": "127.0.0.1:1"])
        let error = #expect(throws: KafkaError.self) { try admin.describe(topic: "topic", timeout: 500) }
        #expect(error?.isTransient == true)
        #expect(error?.description.contains("did not answer in time") == true)
    }
}
