import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("Bounded runs")
    struct BoundedRunTests {
        private static func envelope(of record: TestRecord) -> [[UInt8]] {
            let header = record.headers.first { $0.name == "fieldseal.envelope" }
            return (header?.value ?? []).split(separator: 0x0A).map(Array.init)
        }

        private func records(_ count: Int, partitions: Int = 2) -> [TestRecord] {
            (0..<count).map {
                TestRecord(
                    partition: Int32($0 % partitions), key: "\($0)", value: #"{"n":\#($0),"ssn":"s3cr3t-\#($0)"}"#,
                    timestamp: 1_700_000_000_000 + Int64($0) * 1_000)
            }
        }

        /// Encrypts what is in "raw".
        private func seal(_ file: PairsFile, _ broker: TestBroker, count: Int, token: String) async throws {
            let command = try FieldsealCommand(
                ["run", "--pair", "seal"], configuration: file.text, environment: ["VAULT_TOKEN": token])
            try await expectEventually(within: 60) { try broker.read("sealed").count == count }
            #expect(try await command.stop().status == 0)
        }

        private func text(_ outcome: FieldsealCommand.Outcome) -> [String] {
            outcome.lines.map { String(decoding: $0, as: UTF8.self) }
        }

        @Test("A topic that is rewrapped opens under the newest version alone, and differs in nothing but its EDEKs")
        func rewrap() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let bao = try OpenBao()
            try bao.makeKey("pii")
            try broker.createTopic("raw", partitions: 2)
            var file = PairsFile(fields: ["ssn"])
            file.fields = [("ssn", "vault-kms://\(bao.host)/transit/keys/pii")]
            file.kms = #"{vault: {uri: "\#(bao.url)", type: TOKEN, token: "${VAULT_TOKEN}"}}"#
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "rewrapped"
            let token = OpenBao.rootToken
            let written = records(500)
            try broker.write(written, to: "raw")
            try await seal(file, broker, count: 500, token: token)
            try bao.administer(.post, "transit/keys/pii/rotate")

            let arguments = ["keys", "rewrap", "--pair", "open", "--to", "sealed.2"]
            let outcome = try await FieldsealCommand.run(
                arguments, configuration: file.text, environment: ["VAULT_TOKEN": token])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(
                text(outcome) == [
                    "sealed.2: 500 records written, 1 data keys wrapped, 0 offsets remaining",
                    #"acceptTopics: ["sealed"]"#,
                ])
            let sealed = try broker.read("sealed")
            let copied = try broker.read("sealed.2")
            #expect(copied.map(\.value) == sealed.map(\.value))
            #expect(copied.map(\.key) == sealed.map(\.key))
            #expect(copied.map(\.timestamp) == sealed.map(\.timestamp))
            #expect(copied.map { Self.envelope(of: $0).first } == sealed.map { Self.envelope(of: $0).first })
            #expect(
                copied.allSatisfy { String(decoding: Self.envelope(of: $0)[1], as: UTF8.self).contains("vault:v2:") })

            let again = try await FieldsealCommand.run(
                arguments, configuration: file.text, environment: ["VAULT_TOKEN": token])
            #expect(again.status == 0, "\(again.errors)")
            #expect(try broker.read("sealed.2").count == 500, "what is done is not done again")

            // The old version of the KEK is retired: what was not rewrapped is lost, the copy is not.
            try bao.administer(.post, "transit/keys/pii/config", #"{"min_decryption_version":2}"#)
            file.openTopics = (source: "sealed.2", target: "opened")
            file.decrypt =
                #"errorPolicy: fail, acceptTopics: [sealed], keks: ["vault-kms://\#(bao.host)/transit/keys/*"]"#
            let opened = try await FieldsealCommand.run(
                ["mirror", "--pair", "open", "--to", "look"], configuration: file.text,
                environment: ["VAULT_TOKEN": token])
            #expect(opened.status == 0, "\(opened.errors)")
            #expect(
                try broker.read("look").map(\.content) == written.filter { $0.partition == 0 }
                    + written.filter { $0.partition == 1 })
        }

        @Test("A topic is moved to another KEK, and a KEK that the pair may not use stops the job without a call")
        func otherKek() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw", partitions: 2)
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "moved"
            try broker.write(records(20), to: "raw")
            try await seal(file, broker, count: 20, token: "")
            let outcome = try await FieldsealCommand.run(
                ["keys", "rewrap", "--pair", "open", "--to", "moved", "--to-kek", "in-memory-kms://other"],
                configuration: file.text)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(text(outcome).last == #"keks: ["in-memory-kms://other"]"#)
            file.openTopics = (source: "moved", target: "opened")
            file.decrypt = #"errorPolicy: fail, acceptTopics: [sealed], keks: ["in-memory-kms://other"]"#
            let opened = try await FieldsealCommand.run(
                ["mirror", "--pair", "open", "--to", "look"], configuration: file.text)
            #expect(opened.status == 0, "\(opened.errors)")
            #expect(try broker.read("look").count == 20)

            file.decrypt = #"errorPolicy: fail, acceptTopics: [sealed], keks: ["in-memory-kms://pii"]"#
            let refused = try await FieldsealCommand.run(
                ["keys", "rewrap", "--pair", "open", "--to", "moved.2"], configuration: file.text)
            #expect(refused.status == 3)
            #expect(refused.errors.contains("kek_not_allowed"), "\(refused.errors)")
            #expect(try broker.read("moved.2").isEmpty)
        }

        @Test("A mirror of a range writes that range and no more, exactly once")
        func range() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw", partitions: 2)
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "ranged"
            let written = records(200)
            try broker.write(written, to: "raw")
            try await seal(file, broker, count: 200, token: "")
            let sealed = try broker.read("sealed").filter { $0.partition == 1 }
            let bounds = ["--from", "1:\(sealed[10].offset)", "--until", "1:\(sealed[20].offset)"]
            for _ in 0..<2 {
                let outcome = try await FieldsealCommand.run(
                    ["mirror", "--pair", "open", "--to", "look"] + bounds, configuration: file.text)
                #expect(outcome.status == 0, "\(outcome.errors)")
                let found = try broker.read("look")
                #expect(found.map(\.content) == Array(written.filter { $0.partition == 1 }[10..<20]))
            }
            #expect(try broker.admin().settings(ofTopic: "look", timeout: 5_000)["cleanup.policy"]?.value == "delete")
            let byTime = try await FieldsealCommand.run(
                [
                    "mirror", "--pair", "open", "--to", "timed", "--from", "2023-11-14T22:13:30Z", "--until",
                    "2023-11-14T22:13:40Z",
                ], configuration: file.text)
            #expect(byTime.status == 0, "\(byTime.errors)")
            #expect(
                try broker.read("timed").map(\.timestamp).sorted() == (10..<20).map { 1_700_000_000_000 + $0 * 1_000 })
        }

        @Test(
            "A run that is killed goes on where it was when it is given again: nothing lost, nothing twice",
            arguments: [["mirror", "--until", "end"], ["keys", "rewrap"]])
        func killed(_ command: [String]) async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw", partitions: 2)
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "cut"
            let written = records(60_000)
            try broker.write(written, to: "raw")
            try await seal(file, broker, count: 60_000, token: "")
            let arguments = command + ["--pair", "open", "--to", "look"]
            for _ in 0..<2 {
                let before = try broker.read("look").count
                let process = try FieldsealCommand(arguments, configuration: file.text)
                try await expectEventually(within: 60) {
                    try process.status != nil || broker.read("look").count > before + 2_000
                }
                process.kill()
            }
            let cut = try broker.read("look").count
            #expect(cut > 0 && cut < 60_000, "a kill before the start or after the end proves nothing")
            // What comes later is beyond the end that the first start settled.
            try broker.write([TestRecord(partition: 0, value: #"{"ssn":"late"}"#)], to: "sealed")
            let outcome = try await FieldsealCommand.run(arguments, configuration: file.text, within: 120)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let found = try broker.read("look")
            #expect(found.count == written.count)
            let expected =
                command == ["keys", "rewrap"]
                ? try broker.read("sealed").filter { !$0.headers.isEmpty } : written
            for partition: Int32 in 0..<2 {
                #expect(
                    found.filter { $0.partition == partition }.map(\.value)
                        == expected.filter { $0.partition == partition }.map(\.value))
            }
        }

        @Test("A record that can't be opened stops a mirror whose pair says so, and what came before it is done")
        func poison() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw", partitions: 1)
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "poisoned"
            try broker.write(records(5, partitions: 1), to: "raw")
            try await seal(file, broker, count: 5, token: "")
            try broker.write([TestRecord(partition: 0, value: "plain")], to: "sealed")
            let outcome = try await FieldsealCommand.run(
                ["mirror", "--pair", "open", "--to", "look"], configuration: file.text)
            #expect(outcome.status == 3)
            #expect(
                outcome.errors.contains("partition 0 of topic 'sealed' stops the job (not_encrypted"),
                "\(outcome.errors)")
            #expect(try broker.read("look").count == 5)
            for (to, reason) in [("sealed", "names the topic that is read"), ("opened", "pair 'open' writes")] {
                let wrong = try await FieldsealCommand.run(
                    ["mirror", "--pair", "open", "--to", to], configuration: file.text)
                #expect(wrong.status == 2)
                #expect(wrong.errors.contains(reason), "\(wrong.errors)")
            }
        }
    }
}
