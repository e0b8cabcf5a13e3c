import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite struct ListenerTests {
        /// What curl says of an address: the status, and the body.
        private static func curl(_ url: String, _ words: [String] = []) throws -> (status: Int, body: String) {
            let run = try CommandRun(["curl", "-sS", "--max-time", "10", "-w", "\n%{http_code}", url] + words)
            var lines = String(decoding: run.output, as: UTF8.self).components(separatedBy: "\n")
            return (Int(lines.removeLast()) ?? 0, lines.joined(separator: "\n"))
        }

        @Test("A running process tells of its partitions, why one stands still, and what it has counted")
        func run() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw", partitions: 2)
            try broker.write([TestRecord(partition: 0, key: "a", value: #"{"ssn":"1"}"#)], to: "raw")
            let port = try FreePort.find()
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.top = #"admin: {listen: "127.0.0.1:\#(port)"}"#
            let command = try FieldsealCommand(["run", "--pair", "seal"], configuration: file.text)
            let url = "http://127.0.0.1:\(port)"
            try await expectEventually { (try? Self.curl(url + "/readyz"))?.status == 200 }
            #expect(try Self.curl(url + "/livez").body == "ok\n")
            try await expectEventually { try Self.curl(url + "/metrics").body.contains(#"outcome="transformed"} 1"#) }
            #expect(try Self.curl(url + "/healthz").status == 200)

            try broker.write([TestRecord(partition: 1, key: "b", value: "not JSON")], to: "raw")
            try await expectEventually { try Self.curl(url + "/healthz").status == 503 }
            let health = try Self.curl(url + "/healthz").body
            #expect(health.contains(#""reason":"malformed_payload""#), "\(health)")
            #expect(health.contains(#""next":1,"partition":0,"status":"ok","topic":"raw""#), "\(health)")
            #expect(try Self.curl(url + "/readyz").status == 200)
            let metrics = try Self.curl(url + "/metrics").body
            #expect(
                metrics.contains(
                    #"fieldseal_partition_halted{pair="seal",topic="raw",partition="1",reason="malformed_payload"} 1"#),
                "\(metrics)")
            let outcome = try await command.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")
        }

        @Test("An address that is taken ends the command with 2 and says so")
        func taken() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw")
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            // The broker's own.
            file.top = #"admin: {listen: "\#(broker.bootstrapServers)"}"#
            let outcome = try await FieldsealCommand.run(["run", "--pair", "seal"], configuration: file.text)
            #expect(outcome.status == 2, "\(outcome.errors)")
            #expect(outcome.errors.contains("Can't listen on \(broker.bootstrapServers): Address already in use"))
        }
    }
}
