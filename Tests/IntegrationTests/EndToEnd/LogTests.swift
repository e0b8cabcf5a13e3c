import Foundation
import Testing

extension EndToEndTests {
    @Suite("The log of a running process")
    struct LogTests {
        @Test("Each room has its own level, and a JSON line tells its room")
        func rooms() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw")
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            var written = 0
            func lines(_ words: [String]) async throws -> [[String: Any]] {
                try broker.write([TestRecord(value: #"{"ssn":"1"}"#)], to: "raw")
                written += 1
                let command = try FieldsealCommand(
                    ["run", "--pair", "seal", "--log-format", "json"] + words, configuration: file.text)
                try await expectEventually { try broker.read("sealed").count == written }
                let outcome = try await command.stop()
                #expect(outcome.status == 0)
                return outcome.errors.split(separator: "\n").compactMap {
                    try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
                }
            }
            func has(_ message: String, _ lines: [[String: Any]]) -> Bool {
                lines.contains { $0["message"] as? String == message && $0["room"] as? String == "Pipeline" }
            }
            #expect(has("Partitions assigned", try await lines([])))
            #expect(!has("Partitions assigned", try await lines(["--log-level", "error"])))
            #expect(
                has("Partitions assigned", try await lines(["--log-level", "error", "--log-room", "Pipeline=info"])))
            #expect(!has("Partitions assigned", try await lines(["--log-room", "Pipeline=warning"])))
        }

        @Test(
            "A room or a level that there is not is refused",
            arguments: ["Cellar=info", "Pipeline=loud", "Pipeline", "="])
        func refused(room: String) async throws {
            let outcome = try await FieldsealCommand.run(
                ["run", "--log-room", room], configuration: PairsFile(fields: ["ssn"]).text)
            #expect(outcome.status == 2)
        }

        @Test("A broker that is away is told of once, not by the dozen")
        func limited() async throws {
            let broker = try await TestBroker.start()
            try broker.createTopic("raw")
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            let command = try FieldsealCommand(["run", "--pair", "seal"], configuration: file.text)
            try await expectEventually { command.errors.contains("Partitions assigned") }
            broker.stop()
            try await expectEventually { command.errors.contains("_ALL_BROKERS_DOWN") }
            // Time for many attempts to connect.
            try await Task.sleep(for: .seconds(3))
            let told = command.errors.split(separator: "\n").filter { $0.contains("Kafka reports an error") }
            let kinds = Dictionary(grouping: told) { line in
                line.contains("_ALL_BROKERS_DOWN") ? "down" : line.contains("_TRANSPORT") ? "transport" : "other"
            }
            // A consumer, a producer, and what asks about topics: each for itself.
            #expect(kinds.values.allSatisfy { $0.count <= 4 }, "\(told.joined(separator: "\n"))")
            command.kill()
        }
    }
}
