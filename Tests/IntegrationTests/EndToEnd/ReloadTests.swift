import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("A configuration that changes under a running process")
    struct ReloadTests {
        /// One pair of the file: what it reads, and more of its keys.
        private static func pair(_ name: String, _ more: String = "") -> String {
            """
              - name: \(name)
                source: \(name)
                target: \(name).enc
                commitIntervalMs: 20
                targetTopic: {config: {retention.ms: "-1"}}
                \(more)
                encrypt: {recordValue: {fields: [{fieldName: ssn, keySecretId: "in-memory-kms://pii"}]}}

            """
        }

        private static func file(_ broker: TestBroker, port: Int, _ pairs: [String]) -> String {
            """
            instance: reload
            kafka:
              bootstrap.servers: \(broker.bootstrapServers)
              consumer: {receive.message.max.bytes: "1000000000"}
            kms: {inMemory: {keys: {pii: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}}}
            audit: {topic: audit}
            admin: {listen: "127.0.0.1:\(port)"}
            pairs:
            \(pairs.joined())
            """
        }

        private static func record(_ number: Int) -> TestRecord {
            TestRecord(key: "\(number % 7)", value: #"{"n":\#(number),"ssn":"078-05-1120"}"#)
        }

        private static func numbers(_ broker: TestBroker, _ topic: String) throws -> [Int] {
            try broker.read(topic).compactMap { record in
                record.text?.firstMatch(of: /"n":(\d+)/).flatMap { Int($0.1) }
            }
        }

        private static func status(_ port: Int) throws -> [String: Any] {
            let run = try CommandRun(["curl", "-sS", "--max-time", "10", "http://127.0.0.1:\(port)/v1/status"])
            return try JSONSerialization.jsonObject(with: run.output) as? [String: Any] ?? [:]
        }

        private static func names(_ port: Int) throws -> [String] {
            (try status(port)["pairs"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
        }

        private static func assignments(of command: FieldsealCommand, _ pair: String) -> Int {
            command.errors.split(separator: "\n").count {
                $0.contains("Partitions assigned") && $0.contains("pair=\(pair) ")
            }
        }

        @Test(
            "Pairs come, change and go on SIGHUP under load: nothing is lost, nothing comes twice, and the others notice nothing"
        )
        func pairs() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            for topic in ["still", "moving", "late"] { try broker.createTopic(topic) }
            let port = try FreePort.find()
            func text(_ pairs: [String]) -> String { Self.file(broker, port: port, pairs) }
            let command = try FieldsealCommand(
                ["run"], configuration: text([Self.pair("still"), Self.pair("moving")]))
            try await expectEventually { Self.assignments(of: command, "moving") == 1 }
            let writing = Task {
                for number in 0..<40 {
                    for topic in ["still", "moving"] {
                        try broker.write((0..<25).map { Self.record(number * 25 + $0) }, to: topic)
                    }
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            try await expectEventually { try Self.numbers(broker, "moving.enc").count > 50 }
            // One is changed and one comes.
            try command.replaceConfiguration(
                text([Self.pair("still"), Self.pair("moving", "commitMaxRecords: 10"), Self.pair("late")]))
            command.send(SIGHUP)
            try await expectEventually { Self.assignments(of: command, "late") == 1 }
            #expect(try Self.names(port) == ["still", "moving", "late"])
            try broker.write([Self.record(1)], to: "late")
            try await writing.value
            try await expectEventually { try Self.numbers(broker, "moving.enc").count >= 1_000 }
            try await expectEventually { try Self.numbers(broker, "still.enc").count >= 1_000 }
            try await expectEventually { try Self.numbers(broker, "late.enc") == [1] }
            // One goes, and leaves its group at once.
            try command.replaceConfiguration(text([Self.pair("still"), Self.pair("late")]))
            command.send(SIGHUP)
            try await expectEventually { try Self.names(port) == ["still", "late"] }
            try await expectEventually {
                let group = try broker.admin().describe(groups: ["fieldseal.moving"], timeout: 10_000)[
                    "fieldseal.moving"]
                return try group?.get().state == .empty
            }
            #expect(Self.assignments(of: command, "still") == 1)
            #expect(Self.assignments(of: command, "moving") == 2)
            #expect(try Self.numbers(broker, "moving.enc") == Array(0..<1_000))
            #expect(try Self.numbers(broker, "still.enc") == Array(0..<1_000))
            let outcome = try await command.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")
            let audit = try broker.read("audit").compactMap(\.text).filter { $0.contains(#""configuration_loaded""#) }
            #expect(audit.count == 3)
            #expect(audit[1].contains(#""added":"late""#) && audit[1].contains(#""changed":"moving""#), "\(audit)")
            #expect(audit[2].contains(#""removed":"moving""#))
        }

        @Test("A bad file and one that takes a restart change nothing and are said so; a good one heals that by itself")
        func refused() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            for topic in ["still", "more"] { try broker.createTopic(topic) }
            let port = try FreePort.find()
            let good = Self.file(broker, port: port, [Self.pair("still")])
            let command = try FieldsealCommand(["run"], configuration: good)
            try await expectEventually { Self.assignments(of: command, "still") == 1 }
            func refusal() throws -> String? {
                (try Self.status(port)["configuration"] as? [String: Any])?["refusal"] as? String
            }
            try command.replaceConfiguration(good.replacing("pairs:", with: "pears:"))
            command.send(SIGHUP)
            try await expectEventually { try refusal()?.contains("pears: unknown key") == true }
            try command.replaceConfiguration(
                good.replacing("audit: {topic: audit}", with: "audit: {topic: other}") + Self.pair("more"))
            command.send(SIGHUP)
            try await expectEventually { try refusal()?.contains("A change of audit takes a restart") == true }
            #expect(try Self.names(port) == ["still"])
            let told = try await FieldsealCommand.run(["status"], configuration: good)
            #expect(String(decoding: told.output, as: UTF8.self).contains("  A change of audit takes a restart"))
            let metrics = try CommandRun(["curl", "-sS", "http://127.0.0.1:\(port)/metrics"])
            let page = String(decoding: metrics.output, as: UTF8.self)
            #expect(page.contains(#"fieldseal_configuration_reloads_total{outcome="refused"} 2"#))
            #expect(page.contains("fieldseal_configuration_refused 1"))
            // No signal: the change is seen.
            try command.replaceConfiguration(good + Self.pair("more"))
            try await expectEventually(within: 40) { try Self.names(port) == ["still", "more"] }
            #expect(try refusal() == nil)
            try broker.write([Self.record(5)], to: "still")
            try await expectEventually { try Self.numbers(broker, "still.enc") == [5] }
            #expect(Self.assignments(of: command, "still") == 1)
            // A pair whose source is missing does not end the others.
            try command.replaceConfiguration(good + Self.pair("absent"))
            command.send(SIGHUP)
            try await expectEventually {
                command.errors.contains("A pair that came with the configuration can't start")
            }
            try broker.write([Self.record(6)], to: "still")
            try await expectEventually { try Self.numbers(broker, "still.enc") == [5, 6] }
            let outcome = try await command.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try broker.read("audit").compactMap(\.text).count { $0.contains(#""configuration_refused""#) } == 2)
        }
    }
}
