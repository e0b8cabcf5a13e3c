import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite struct StatusPageTests {
        private static let token = "0123456789abcdef"
        private static let secret = "078-05-1120"

        /// A pair that seals, and a mirror of its target that works under lease; whoever has the token may do everything.
        private static func configuration(broker: TestBroker, port: Int) -> String {
            """
            kafka: {bootstrap.servers: "\(broker.bootstrapServers)", consumer: {receive.message.max.bytes: "1000000000"}}
            kms: {inMemory: {keys: {pii: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}}}
            control: {topic: fieldseal.control}
            admin: {listen: "127.0.0.1:\(port)", token: "\(token)"}
            pairs:
              - name: customers
                source: raw
                target: sealed
                commitIntervalMs: 20
                encrypt: {recordValue: {fields: [{fieldName: ssn, keySecretId: "in-memory-kms://pii"}]}}
              - name: customers-clear
                source: sealed
                target: clear
                startFrom: earliest
                commitIntervalMs: 20
                decrypt: {errorPolicy: fail}
                demand: {consumers: false, leases: true}

            """
        }

        /// What a browser's user does, one step a line, and what each gives.
        private static func browse(_ steps: [[String: Any]]) async throws -> [Any] {
            let input = try steps.map { try JSONSerialization.data(withJSONObject: $0) }
            let lines = try await PythonTool.run(
                "status_page.py", [], input: Array(input.joined(separator: Data("\n".utf8))))
            return try lines.map {
                let answer = try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any]
                return answer?["is"] ?? NSNull()
            }
        }

        private static func open(_ url: String) -> [[String: Any]] {
            [
                ["do": "open", "url": url], ["do": "type", "selector": "#token", "text": token],
                ["do": "press", "label": "Sign in"],
            ]
        }

        private static func confirm(_ button: String, reason: String) -> [[String: Any]] {
            [
                ["do": "press", "label": button], ["do": "type", "selector": "#reason", "text": reason],
                ["do": "press", "label": "Confirm"],
            ]
        }

        @Test("In a browser, a person sees why a partition stands still, leaves the record out, and takes a lease")
        func browser() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw")
            let port = try FreePort.find()
            let command = try FieldsealCommand(
                ["run"], configuration: Self.configuration(broker: broker, port: port))
            let good = #"{"ssn":"\#(Self.secret)"}"#
            let values = [good, "no JSON <b>\(Self.secret)</b>", good]
            try broker.write(values.map { TestRecord(key: "k", value: $0) }, to: "raw")
            try await expectEventually { command.errors.contains("Partition halted") }
            // The mirror's target is there, and empty, before anybody asks.
            try await expectEventually { (try? broker.read("clear").isEmpty) == true }

            let refused: [[String: Any]] = [
                ["do": "open", "url": "http://127.0.0.1:\(port)/"],
                ["do": "type", "selector": "#token", "text": "another token of 16"],
                ["do": "press", "label": "Sign in"],
                ["do": "wait", "text": "The token is not one that is accepted here."],
            ]
            let halted: [[String: Any]] = [
                ["do": "wait", "text": "raw, partition 0 stands at offset 1"],
                ["do": "wait", "text": "1 partition stands still"],
                ["do": "text"], ["do": "shot", "width": 390, "height": 800, "dark": true],
                Self.screenshot("status-page.png"),
            ]
            let skipped =
                Self.confirm("Skip this record", reason: "no JSON") + [
                    ["do": "wait gone", "text": "stands at offset"], ["do": "wait", "text": "All is well"],
                ]
            let leased =
                Self.confirm("Take a lease", reason: "ticket 4711") + [
                    ["do": "wait", "text": "ticket 4711"], ["do": "wait", "text": "Somebody wants these records."],
                    ["do": "buttons"], ["do": "violations"],
                ]
            let steps = refused + Self.open("http://127.0.0.1:\(port)/") + halted + skipped + leased
            let seen = try await Self.browse(steps)
            try #require(seen.count == steps.count)
            let text = try #require(seen.compactMap { $0 as? String }.first)
            for words in [
                "customers", "raw \u{2192} sealed", "malformed_payload", "What to do:", "in-memory-kms://pii",
            ] {
                #expect(text.contains(words), "\(text)")
            }
            #expect(!text.contains(Self.secret))
            for shot in seen.compactMap({ $0 as? [String: Any] }) {
                #expect(shot["scrollsSideways"] as? Bool == false)
                #expect((shot["bytes"] as? Int ?? 0) > 5_000)
            }
            #expect((seen[steps.count - 2] as? [String])?.contains("Release") == true)
            #expect((seen[steps.count - 1] as? [String]) == [])
            try await expectEventually {
                try broker.read("clear").compactMap(\.value) == [good, good].map { Array($0.utf8) }
            }
            #expect(try await command.stop().status == 0)
        }

        /// Renews the picture in docs where that is asked for.
        private static func screenshot(_ name: String) -> [String: Any] {
            var step: [String: Any] = ["do": "shot", "width": 1000, "height": 760]
            if ProcessInfo.processInfo.environment["FIELDSEAL_WRITE_SCREENSHOT"] != nil {
                step["file"] =
                    URL(filePath: #filePath).deletingLastPathComponent()
                    .appending(path: "../../../docs/\(name)").standardizedFileURL.path
            }
            return step
        }
    }
}
