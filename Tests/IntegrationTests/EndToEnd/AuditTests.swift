import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("The audit trail")
    struct AuditTests {
        private struct Event: Decodable {
            var v: Int
            var id: String
            var kind: String
            var pair: String?
            var topic: String?
            var details: [String: String]?
        }

        private func events(in broker: TestBroker) throws -> [Event] {
            try broker.read("audit").compactMap { record in
                try record.value.map { try JSONDecoder().decode(Event.self, from: Data($0)) }
            }
        }

        @Test("What was loaded and which keys were made is in the topic, which is made for it, and in the log as JSON")
        func topic() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw")
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.top = "audit: {topic: audit}"
            file.instance = "audited"
            let secret = "078-05-1120"
            try broker.write([TestRecord(partition: 0, value: #"{"ssn":"\#(secret)"}"#)], to: "raw")
            let command = try FieldsealCommand(
                ["run", "--pair", "seal", "--log-format", "json"], configuration: file.text)
            try await expectEventually { try broker.read("sealed").count == 1 }
            let outcome = try await command.stop()
            #expect(outcome.status == 0)
            let found = try events(in: broker)
            #expect(found.map(\.kind).prefix(2) == ["configuration_loaded", "key_created"], "\(outcome.errors)")
            #expect(found.first?.details?["hash"]?.count == 64)
            #expect(found.dropFirst().first?.topic == "sealed")
            #expect(found.dropFirst().first?.details == ["kek": "in-memory-kms://pii", "algorithm": "AES256_GCM"])
            #expect(Set(found.map(\.id)).count == found.count)
            #expect(
                try broker.admin().settings(ofTopic: "audit", timeout: 5_000)["retention.ms"]?.value == "2592000000")
            let lines = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("{") }
            #expect(lines.contains { $0.contains(#""message":"Audit""#) && $0.contains("configuration_loaded") })
            for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
            let everything =
                outcome.errors
                + (try broker.read("audit").compactMap(\.value).map {
                    String(decoding: $0, as: UTF8.self)
                }).joined()
            #expect(!everything.contains(secret))
        }

        @Test("A trail that is required and has no broker is one clear error")
        func noBroker() async throws {
            var file = PairsFile(fields: ["ssn"])
            file.top = "audit: {topic: audit, required: true}"
            let outcome = try await FieldsealCommand.run(["run"], configuration: file.text)
            #expect(outcome.status == 4)
            #expect(outcome.errors.contains("error: Topic 'audit':"))
        }
    }
}
