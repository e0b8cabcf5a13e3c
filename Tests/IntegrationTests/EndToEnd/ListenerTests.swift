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

        @Test("Prometheus scrapes a running process and takes everything that it says")
        func prometheus() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw")
            let port = try FreePort.find()
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.top = #"admin: {listen: "127.0.0.1:\#(port)", token: 0123456789abcdef}"#
            let command = try FieldsealCommand(["run", "--pair", "seal"], configuration: file.text)
            let folder = try TemporaryFolder()
            let own = try FreePort.find()
            let settings = """
                global: {scrape_interval: 500ms}
                scrape_configs: [{job_name: fieldseal, static_configs: [{targets: ["127.0.0.1:\(port)"]}]}]
                """
            try Data(settings.utf8).write(to: URL(filePath: folder.file("prometheus.yml")))
            let server = try ChildProcess([
                "/usr/bin/prometheus", "--config.file", folder.file("prometheus.yml"), "--storage.tsdb.path",
                folder.file("data"), "--web.listen-address", "127.0.0.1:\(own)",
            ])
            defer { server.terminate() }
            // The time of one record in 32 is taken.
            try broker.write((0..<40).map { TestRecord(key: "\($0)", value: #"{"ssn":"1"}"#) }, to: "raw")
            // By a query of its own, so that what was scraped was also read.
            func value(_ query: String) throws -> Double? {
                let url = "http://127.0.0.1:\(own)/api/v1/query"
                guard let answer = try? Self.curl(url, ["--get", "--data-urlencode", "query=\(query)"]).body else {
                    return nil
                }
                // Until it has read its data it answers in words.
                let object = (try? JSONSerialization.jsonObject(with: Data(answer.utf8))) as? [String: Any]
                let result = (object?["data"] as? [String: Any])?["result"] as? [[String: Any]]
                return ((result?.first?["value"] as? [Any])?.last as? String).flatMap(Double.init)
            }
            try await expectEventually(within: 60) {
                try value(#"fieldseal_records_total{outcome="transformed"}"#) == 40
            }
            try await expectEventually(within: 60) { try value("sum(fieldseal_consumer_lag_records)") == 0 }
            #expect(try value("up") == 1)
            #expect(try value("fieldseal_transform_duration_seconds_count") ?? 0 >= 1)
            #expect(try value(#"fieldseal_kms_call_duration_seconds_count{operation="wrap",outcome="ok"}"#) == 1)
            #expect(try value("fieldseal_kms_up") == 1)
            #expect(try value("process_resident_memory_bytes") ?? 0 > 1e6)
            let page = try Self.curl("http://127.0.0.1:\(port)/metrics").body
            _ = try CommandRun(["promtool", "check", "metrics"], input: Data(page.utf8))
            #expect(try await command.stop().status == 0)
        }

        @Test("`fieldseal status` tells what the page tells, as text and as JSON")
        func status() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw")
            let port = try FreePort.find()
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.top = #"admin: {listen: "127.0.0.1:\#(port)", token: 0123456789abcdef}"#
            let silent = try await FieldsealCommand.run(["status"], configuration: file.text)
            #expect(silent.status == 4)
            #expect(silent.errors.contains("no process answers"))

            let command = try FieldsealCommand(["run", "--pair", "seal"], configuration: file.text)
            try broker.write([TestRecord(key: "a", value: "no JSON")], to: "raw")
            try await expectEventually { command.errors.contains("Partition halted") }
            let text = try await FieldsealCommand.run(["status"], configuration: file.text)
            #expect(text.status == 0, "\(text.errors)")
            let lines = text.lines.map { String(decoding: $0, as: UTF8.self) }
            #expect(lines.contains("seal: halted   raw -> sealed, encrypt"), "\(lines)")
            #expect(lines.contains("  raw, partition 0 stands at offset 0: malformed_payload"), "\(lines)")
            #expect(lines.contains("    what to do: Mend the producer, then skip this record."), "\(lines)")

            let json = try await FieldsealCommand.run(["status", "--json"], configuration: file.text)
            let report = try JSONSerialization.jsonObject(with: Data(json.output)) as? [String: Any]
            #expect((report?["pairs"] as? [[String: Any]])?.first?["state"] as? String == "halted")

            var wrong = file
            wrong.top = #"admin: {listen: "127.0.0.1:\#(port)", token: another0123456789}"#
            #expect(try await FieldsealCommand.run(["status"], configuration: wrong.text).status == 5)
            let open = try await FieldsealCommand.run(
                ["status", "--url", "http://fieldseal.example:9402"], configuration: file.text)
            #expect(open.status == 2)
            #expect(open.errors.contains("a token would go in the clear"))
            #expect(try await command.stop().status == 0)
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
