import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("`fieldseal check --live`")
    struct LiveCheckTests {
        private struct Line: Decodable {
            var verdict: String
            var subject: String
            var message: String
            var remedy: String?
        }

        private func check(
            _ file: PairsFile, environment: [String: String]
        ) async throws -> (status: Int32, lines: [Line], errors: String) {
            let outcome = try await FieldsealCommand.run(
                ["check", "--live", "--json", "--timeout", "5s"], configuration: file.text, environment: environment)
            let lines = try outcome.lines.map { try JSONDecoder().decode(Line.self, from: Data($0)) }
            return (outcome.status, lines, outcome.errors)
        }

        @Test("Where all is well it says so, makes no topic and joins no group")
        func fine() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw", partitions: 3)
            var file = PairsFile(vault: vault, broker: broker, fields: [("ssn", "pii")])
            file.top = "control: {topic: fieldseal.control}"
            let (status, lines, errors) = try await check(file, environment: ["VAULT_TOKEN": vault.token])
            #expect(status == 0, "\(lines) \(errors)")
            func line(_ subject: String, _ words: String) -> Line? {
                lines.first { $0.subject == subject && $0.message.contains(words) }
            }
            #expect(line("seal", "source 'raw': 3 partitions")?.verdict == "ok")
            #expect(line("seal", "target 'sealed' is not there yet")?.remedy?.contains("--operation Create") == true)
            #expect(line("seal", "keeps plain records")?.verdict == "warning")
            #expect(line("open", "another pair of the file creates it")?.verdict == "untried")
            #expect(line("seal", "transactional ids that begin with 'fieldseal.seal.'")?.verdict == "ok")
            #expect(line("key", "transit/keys/pii")?.verdict == "ok")
            #expect(line("seal", "1 broker")?.message.hasPrefix("cluster '") == true, "\(lines)")
            #expect(line("control", "not there yet")?.remedy?.contains("kafka-acls") == true)
            #expect(try broker.admin().topics(timeout: 5_000).map(\.name).allSatisfy { $0 != "sealed" })
        }

        @Test(
            "A missing source, a used target, a key that may not be used and a silent broker are told with what to do")
        func broken() async throws {
            let broker = try await TestBroker.start()
            let vault = try await TestVault.start()
            defer { vault.stop() }
            var file = PairsFile(vault: vault, broker: broker, fields: [("ssn", "pii")])
            let environment = ["VAULT_TOKEN": vault.token]
            let missing = try await check(file, environment: environment)
            #expect(missing.status == 2)
            #expect(missing.lines.contains { $0.verdict == "missing" && $0.message.contains("'raw' does not exist") })

            try broker.createTopic("raw")
            try broker.createTopic("sealed")
            try broker.write([TestRecord(value: "x")], to: "sealed")
            let used = try await check(file, environment: environment)
            #expect(used.status == 0)
            #expect(used.lines.contains { $0.verdict == "warning" && $0.message.contains("no_committed_offset") })

            file.fields[0].key = vault.key("nobody")
            let refused = try await check(file, environment: environment)
            #expect(refused.status == 5)
            let key = try #require(refused.lines.first { $0.verdict == "refused" && $0.subject == "key" })
            #expect(key.remedy?.contains("path \"transit/encrypt/nobody\"") == true, "\(key)")
            let everything = refused.lines.map { $0.message + ($0.remedy ?? "") }.joined() + refused.errors
            #expect(!everything.contains(vault.token))

            broker.stop()
            file.fields[0].key = vault.key("pii")
            let silent = try await check(file, environment: environment)
            #expect(silent.status == 4)
            #expect(silent.lines.contains { $0.verdict == "silent" && $0.message.contains("Check bootstrap.servers") })
        }

        @Test("Each key has its own verdict: one that is refused says nothing of another, whose KMS is silent")
        func keys() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw")
            var file = PairsFile(vault: vault, broker: broker, fields: [("ssn", "nobody"), ("iban", "pii")])
            // Of the pair that only opens, whose key is tried by wrapping first, which it need not be allowed to.
            file.openPair = #"kms: {vault: {uri: "http://127.0.0.1:1", type: TOKEN, token: "${VAULT_TOKEN}"}}"#
            file.decrypt = #"keks: ["vault-kms://127.0.0.1:1/transit/keys/pii"]"#
            let (status, lines, errors) = try await check(file, environment: ["VAULT_TOKEN": vault.token])
            let keys = lines.filter { $0.subject == "key" }
            #expect(status == 5 && keys.count == 3, "\(lines) \(errors)")
            #expect(keys.map(\.verdict) == ["refused", "ok", "silent"], "\(keys)")
            #expect(keys.filter { $0.remedy != nil }.map(\.verdict) == ["refused"], "\(keys)")
        }

        @Test(
            "The topic of dead letters is looked at where records may become some: missing, compacted or as it must be")
        func deadLetters() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw")
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.encrypt = [
                "onError: dead_letter", "deadLetterTopic: letters", "deadLetterKeySecretId: in-memory-kms://other",
            ].joined(separator: "\n      ")
            let missing = try await check(file, environment: [:])
            let finding = try #require(missing.lines.first { $0.message.contains("dead-letter topic 'letters'") })
            #expect(finding.verdict == "untried" && finding.remedy?.contains("--topic letters") == true)
            try broker.createTopic("letters")
            let fine = try await check(file, environment: [:])
            #expect(fine.status == 0, "\(fine)")
            #expect(fine.lines.contains { $0.verdict == "ok" && $0.message.contains("'letters' is there") })
            let grants = fine.lines.filter { $0.message.hasPrefix("joining the group") }.compactMap(\.remedy)
            #expect(grants.contains { $0.contains("--operation Write --operation Describe --topic letters") })
        }

        @Test("A registry that answers, one that refuses and one that is silent are told apart")
        func registry() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw")
            let registry = try StubRegistry()
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.top = #"schemaRegistry: {url: "\#(registry.url)"}"#
            let fine = try await check(file, environment: [:])
            #expect(fine.lines.contains { $0.verdict == "ok" && $0.subject.hasPrefix("schema registry") }, "\(fine)")
            let guarded = try StubRegistry(["--basic-auth", "ann:s3cr3t-right"])
            let login = #"basicAuth: {username: ann, password: "${PASSWORD}"}"#
            file.top = #"schemaRegistry: {url: "\#(guarded.url)", \#(login)}"#
            let admitted = try await check(file, environment: ["PASSWORD": "s3cr3t-right"])
            #expect(admitted.lines.contains { $0.verdict == "ok" && $0.subject.hasPrefix("schema registry") })
            let refused = try await check(file, environment: ["PASSWORD": "s3cr3t-wrong"])
            #expect(refused.status == 5)
            let line = try #require(refused.lines.first { $0.subject.hasPrefix("schema registry") })
            #expect(line.verdict == "refused" && line.remedy?.contains("basicAuth") == true, "\(line)")
            #expect(!refused.errors.contains("s3cr3t") && !"\(refused.lines)".contains("s3cr3t"))
            file.top = #"schemaRegistry: {url: "http://127.0.0.1:1"}"#
            let silent = try await check(file, environment: [:])
            #expect(silent.status == 4)
            #expect(silent.lines.contains { $0.verdict == "silent" && $0.subject.hasPrefix("schema registry") })
        }
    }
}
