import Foundation
import Testing

extension EndToEndTests {
    @Suite("What the built command's end tells")
    struct ExitCodeTests {
        private static let memory = PairsFile(fields: ["ssn"])

        @Test(
            "Help and a valid configuration end with 0",
            arguments: [["--help"], ["run", "--help"], ["check", "--help"], ["transform", "--help"], ["check"]])
        func fine(arguments: [String]) async throws {
            let outcome = try await FieldsealCommand.run(
                arguments, configuration: arguments == ["check"] ? Self.memory.text : nil)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(!outcome.output.isEmpty)
        }

        @Test(
            "Wrong usage ends with 2",
            arguments: [
                ["run"], ["transform"], ["check"], ["nonsense"], ["run", "--nonsense"], ["check", "-c"],
                ["check", "-c", "/nowhere/fieldseal.yaml"], ["transform", "-c", "/dev/null", "--pair", "seal"],
            ])
        func usage(arguments: [String]) async throws {
            let outcome = try await FieldsealCommand.run(arguments)
            #expect(outcome.status == 2, "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
            #expect(!outcome.errors.isEmpty)
        }

        @Test(
            "A configuration that is wrong ends with 2, whatever was to be done",
            arguments: ["check", "run", "transform"])
        func configuration(command: String) async throws {
            var file = Self.memory
            file.top = "nonsense: 1"
            file.fields.append(("ssn.inside", "gcp-kms://nonsense"))
            let outcome = try await FieldsealCommand.run(
                [command] + (command == "transform" ? ["--pair", "seal"] : []), configuration: file.text)
            #expect(outcome.status == 2)
            for path in ["nonsense", "fields[1].keySecretId", "fields[1].fieldName"] {
                #expect(outcome.errors.contains(path), "\(outcome.errors)")
            }
        }

        @Test("A pair that does not exist ends with 2 and tells which there are", arguments: ["run", "transform"])
        func pair(command: String) async throws {
            let outcome = try await FieldsealCommand.run([command, "--pair", "x"], configuration: Self.memory.text)
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("'seal', 'open'"), "\(outcome.errors)")
        }

        @Test(
            "A vault that refuses connections, and one that is silent, end transform with 4", arguments: [false, true])
        func silentVault(accepts: Bool) async throws {
            let vault = try await TestVault.start()
            defer { vault.stop() }
            if accepts { vault.suspend() } else { vault.stop() }
            let file = PairsFile(vault: vault, fields: [("ssn", "pii")])
            let (records, outcome) = try await FieldsealCommand.transform(
                [TransformLine(#"{"ssn":1}"#), TransformLine(nil)], by: "seal", of: file,
                environment: ["VAULT_TOKEN": vault.token], options: ["--timeout", "500ms"])
            #expect(outcome.status == 4)
            #expect(records.map(\.error?.reason) == ["key_unavailable", nil])
            #expect(
                records[0].error?.message.contains(vault.authority) == true, "\(String(describing: records[0].error))")
        }

        @Test("A token that the vault refuses is told as such, with the key's address and without the token")
        func wrongToken() async throws {
            let vault = try await TestVault.start()
            defer { vault.stop() }
            let file = PairsFile(vault: vault, fields: [("ssn", "pii")])
            let token = "s.wrongwrongwrong"
            let (records, outcome) = try await FieldsealCommand.transform(
                [TransformLine(#"{"ssn":1}"#)], by: "seal", of: file, environment: ["VAULT_TOKEN": token],
                options: ["--timeout", "2s"])
            #expect(outcome.status == 4)
            let message = try #require(records.first?.error?.message)
            #expect(message.contains(vault.key("pii")) && message.contains("403"), "\(message)")
            #expect(!message.contains(token) && !outcome.errors.contains(token))
        }

        @Test("A key that the vault lacks is a record's error, and is not created")
        func missingKey() async throws {
            let vault = try await TestVault.start()
            defer { vault.stop() }
            let file = PairsFile(vault: vault, fields: [("ssn", "{{record.header.tenant}}")])
            let tenants: [String] = ["acme", "nobody", "globex", "../sys", "", "acme"]
            let records = tenants.map { TransformLine(#"{"ssn":"\#($0)"}"#, headers: [("tenant", $0)]) }
            let (sealed, outcome) = try await FieldsealCommand.transform(
                records + [TransformLine(#"{"ssn":1}"#)], by: "seal", of: file,
                environment: ["VAULT_TOKEN": vault.token])
            #expect(outcome.status == 3)
            #expect(
                sealed.map(\.error?.reason) == [
                    nil, "key_refused", nil, "key_template", "key_template", nil, "key_template",
                ])
            let keks = sealed.flatMap(Self.keks)
            #expect(keks == ["acme", "globex", "acme"].map(vault.key))
            let (opened, _) = try await FieldsealCommand.transform(
                sealed.filter { $0.error == nil }, by: "open", of: file, environment: ["VAULT_TOKEN": vault.token])
            #expect(opened.map(\.text) == [0, 2, 5].map { records[$0].text })
        }

        @Test(
            "Without a cache each record has a data key of its own; with it all share one, and a rotation is followed")
        func keyLife() async throws {
            let vault = try await TestVault.start()
            defer { vault.stop() }
            let environment = ["VAULT_TOKEN": vault.token]
            let records = (0..<5).map { TransformLine(#"{"ssn":\#($0)}"#) }
            let cached = PairsFile(vault: vault, fields: [("ssn", "pii")])
            let uncached = PairsFile(vault: vault, fields: [("ssn", "pii")], settings: ", keyTtlMs: 0")
            let (shared, _) = try await FieldsealCommand.transform(
                records, by: "seal", of: cached, environment: environment)
            #expect(Set(shared.flatMap(Self.edeks)).count == 1)
            try await vault.rotate("pii")
            let (own, _) = try await FieldsealCommand.transform(
                records, by: "seal", of: uncached, environment: environment)
            let edeks = own.flatMap(Self.edeks)
            #expect(Set(edeks).count == 5)
            #expect(edeks.allSatisfy { $0.hasPrefix("vault:v2:") })
            for file in [cached, uncached] {
                let (opened, outcome) = try await FieldsealCommand.transform(
                    shared + own, by: "open", of: file, environment: environment)
                #expect(outcome.status == 0)
                #expect(opened.map(\.text) == (records + records).map(\.text))
            }
        }

        @Test("A broker that does not answer ends run with 4")
        func noBroker() async throws {
            let outcome = try await FieldsealCommand.run(["run"], configuration: Self.memory.text)
            #expect(outcome.status == 4, "\(outcome.errors)")
            #expect(outcome.errors.contains("error: "))
        }

        @Test("A source topic that does not exist ends run with 2")
        func noTopic() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            var file = Self.memory
            file.bootstrapServers = broker.bootstrapServers
            let outcome = try await FieldsealCommand.run(["run"], configuration: file.text)
            #expect(outcome.status == 2, "\(outcome.errors)")
            #expect(outcome.errors.contains("'raw'"))
        }

        @Test("A second process with the same instance ends the first with 5")
        func fenced() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw")
            var file = Self.memory
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "same"
            let first = try FieldsealCommand(["run", "--pair", "seal"], configuration: file.text)
            try broker.write([TestRecord(value: #"{"ssn":1}"#)], to: "raw")
            try await expectEventually { try broker.read("sealed").count == 1 }
            let second = try FieldsealCommand(["run", "--pair", "seal"], configuration: file.text)
            try await expectEventually { second.errors.contains("Partitions assigned") }
            try broker.write([TestRecord(value: #"{"ssn":2}"#)], to: "raw")
            let outcome = try await first.end()
            #expect(outcome.status == 5, "\(outcome.errors)")
            #expect(outcome.errors.contains("fieldseal.seal.same.0"))
            try await expectEventually { try broker.read("sealed").count == 2 }
            let end = try await second.stop()
            #expect(end.status == 0, "\(end.errors)")
        }

        @Test("SIGTERM and SIGINT end run within ten seconds with 0, under load too", arguments: [SIGTERM, SIGINT])
        func signals(signal: Int32) async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw", partitions: 2)
            try broker.write(
                (0..<20_000).map { TestRecord(partition: Int32($0 % 2), value: #"{"ssn":\#($0)}"#) }, to: "raw")
            var file = Self.memory
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "stopped"
            let command = try FieldsealCommand(["run", "--pair", "seal"], configuration: file.text)
            try await expectEventually { try !broker.read("sealed").isEmpty }
            let outcome = try await command.stop(within: 10, by: signal)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let committed = try broker.committed(group: "fieldseal.seal", topic: "raw", partitions: 2)
            #expect(try broker.read("sealed").count == Int(committed.values.reduce(0, +)))
        }

        @Test("At least once brings every record, in order, too")
        func atLeastOnce() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw", partitions: 2)
            let written = (0..<2).flatMap { partition in
                (0..<500).map { TestRecord(partition: Int32(partition), key: "\($0)", value: #"{"ssn":\#($0)}"#) }
            }
            try broker.write(written, to: "raw")
            var file = Self.memory
            file.bootstrapServers = broker.bootstrapServers
            file.delivery = "at_least_once"
            let command = try FieldsealCommand(["run"], configuration: file.text)
            try await expectEventually { try broker.read("opened").count >= written.count }
            #expect(try await command.stop().status == 0)
            #expect(firstDifference(try broker.read("opened").map(\.content), written) == nil)
        }

        private static func keks(of record: TransformLine) -> [String] { keys(of: record, "kek") }
        private static func edeks(of record: TransformLine) -> [String] { keys(of: record, "edek") }

        private static func keys(of record: TransformLine, _ member: String) -> [String] {
            guard let envelope = record.header("fieldseal.envelope"), let line = envelope.split(separator: 0x0A).last,
                let entries = try? JSONDecoder().decode([[String: String]].self, from: Data(line))
            else { return [] }
            return entries.compactMap { $0[member] }
        }
    }
}
