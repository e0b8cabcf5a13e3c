import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("fieldseal keys show")
    struct KeysShowTests {
        private func show(_ file: PairsFile, _ options: [String] = []) async throws -> (Int32, [String], String) {
            let outcome = try await FieldsealCommand.run(
                ["keys", "show", "--pair", "open"] + options, configuration: file.text,
                environment: ["VAULT_TOKEN": "s.none"])
            // Columns may be wider for longer numbers.
            let lines = outcome.lines.map {
                String(decoding: $0, as: UTF8.self).split(separator: " ").joined(separator: " ")
            }
            return (outcome.status, lines, outcome.errors)
        }

        @Test("Keys, versions and algorithms of a topic are counted, before and after a rotation, and of a range of it")
        func counts() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let bao = try OpenBao()
            for name in ["pii", "money"] { try bao.makeKey(name) }
            try broker.createTopic("raw", partitions: 2)
            var file = PairsFile(fields: ["ssn", "sum"])
            let keys = ["pii", "money"].map { "vault-kms://\(bao.host)/transit/keys/\($0)" }
            file.fields = [("ssn", keys[0]), ("sum", keys[1])]
            file.kms = #"{vault: {uri: "\#(bao.url)", type: TOKEN, token: "${VAULT_TOKEN}"}}"#
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "shown"
            let records = (0..<10).map {
                TestRecord(partition: Int32($0 % 2), key: "\($0)", value: #"{"ssn":\#($0),"sum":1}"#)
            }
            for round in 1...2 {
                try broker.write(records, to: "raw")
                let command = try FieldsealCommand(
                    ["run", "--pair", "seal"], configuration: file.text,
                    environment: ["VAULT_TOKEN": OpenBao.rootToken])
                try await expectEventually { try broker.read("sealed").count == 10 * round }
                #expect(try await command.stop().status == 0)
                try bao.administer(.post, "transit/keys/pii/rotate")
            }
            let (status, lines, errors) = try await show(file)
            #expect(status == 0, "\(errors)")
            #expect(
                lines == [
                    "sealed: 20 records", "records algorithm version key", "20 AES256_GCM v1 \(keys[1])",
                    "10 AES256_GCM v1 \(keys[0])", "10 AES256_GCM v2 \(keys[0])",
                ])
            var plain = TestRecord(partition: 0, value: "{}")
            var garbage = plain
            garbage.headers = [TestRecord.Header("fieldseal.envelope", "{\"v\":1}\n[\u{1B}]")]
            plain.headers = [TestRecord.Header("other", "x")]
            try broker.write([plain, garbage], to: "sealed")
            let marks = try broker.read("sealed").filter { $0.partition == 0 }.map(\.offset).sorted()
            let last = marks[marks.count - 2]
            let (_, ranged, _) = try await show(file, ["--from", "0:\(last)"])
            #expect(
                ranged == [
                    "sealed: 2 records", "records algorithm version key", "1 - - (no envelope)",
                    "1 - - (an envelope that can't be read)",
                ])
            let (_, first, _) = try await show(file, ["--from", "0:0", "--until", "0:\(marks[3])"])
            #expect(first.first == "sealed: 3 records" && first.contains("3 AES256_GCM v1 \(keys[0])"), "\(first)")
            #expect(try await show(file, ["--from", "end"]).1 == ["sealed: 0 records"])
            #expect(try await show(file, ["--from", "2000-01-01T00:00:00Z"]).1.first == "sealed: 22 records")
            #expect(try await show(file, ["--until", "2000-01-01T00:00:00Z"]).1 == ["sealed: 0 records"])
            #expect(try await show(file, ["--from", "2100-01-01T00:00:00.5+02:00"]).1 == ["sealed: 0 records"])
        }

        @Test("A topic that does not exist ends with 2, a broker that does not answer with 4")
        func failures() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            var file = PairsFile(fields: ["ssn"])
            let (away, _, _) = try await show(file, ["--timeout", "1s"])
            #expect(away == 4)
            file.bootstrapServers = broker.bootstrapServers
            let (missing, lines, errors) = try await show(file)
            #expect(missing == 2 && lines.isEmpty)
            #expect(errors.contains("'sealed'"), "\(errors)")
        }

        @Test("Of a pair that reads a pattern, a topic must be named")
        func pattern() async throws {
            var file = PairsFile(fields: ["ssn"])
            file.openTopics = ("^sealed.*", "{{record.topic}}.opened")
            file.decrypt = #"keks: ["in-memory-kms://pii"]"#
            let outcome = try await FieldsealCommand.run(["keys", "show", "--pair", "open"], configuration: file.text)
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("name one by --topic"), "\(outcome.errors)")
            let named = try await FieldsealCommand.run(
                ["keys", "show", "--pair", "open", "--topic", "sealed", "--timeout", "500ms"], configuration: file.text)
            #expect(named.status == 4, "\(named.errors)")
        }

        @Test(
            "A bound that is none ends with 2",
            arguments: [
                "", "start", "0", "0:", "0:x", "-1:0", "0:-1", "0:0,0:1", "0:0,", "2026-01-31", "99999999999:0",
            ])
        func bounds(bound: String) async throws {
            let (status, _, errors) = try await show(PairsFile(fields: ["ssn"]), ["--from=\(bound)"])
            #expect(status == 2 && errors.contains("from"), "\(errors)")
        }
    }
}
