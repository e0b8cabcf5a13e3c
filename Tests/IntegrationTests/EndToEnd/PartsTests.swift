import Foundation
import Testing

extension EndToEndTests {
    @Suite("Keys, values and headers, by the built command on a real broker and a real vault")
    struct PartsTests {
        /// Stands in everything that is sealed, and nowhere else.
        private static let secret = "Secr3t"

        @Test("Sealed keys, headers and values come back, in their partitions and order, tombstones too")
        func everyPart() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw", partitions: 3)
            let written = (0..<120).map(Self.record).sorted { $0.partition < $1.partition }
            try broker.write(written, to: "raw")
            var file = PairsFile(vault: vault, broker: broker, fields: [])
            file.instance = "parts"
            file.sealing = Self.sealing(vault, compression: "lz4")
            let command = try FieldsealCommand(
                ["run"], configuration: file.text, environment: ["VAULT_TOKEN": vault.token])
            try await expectEventually { try command.status != nil || broker.read("opened").count >= written.count }
            let outcome = try await command.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")

            #expect(firstDifference(try broker.read("opened").map(\.content), written) == nil)
            let sealed = try broker.read("sealed")
            try #require(sealed.count == written.count)
            for (sealed, written) in zip(sealed, written) {
                #expect(sealed.partition == written.partition && sealed.timestamp == written.timestamp)
                #expect((sealed.key == nil) == (written.key == nil) && (sealed.value == nil) == (written.value == nil))
                #expect(sealed.headers.map(\.name) == written.headers.map(\.name) + ["fieldseal.envelope"])
                let all = [sealed.key, sealed.value] + sealed.headers.map(\.value)
                #expect(all.allSatisfy { !($0 ?? []).contains(text: Self.secret) })
            }
            #expect(!outcome.errors.contains(Self.secret))
        }

        @Test("Sealed keys are refused on a compacted target unless the pair says that it knows")
        func compaction() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw", settings: ["cleanup.policy": "compact"])
            var file = PairsFile(vault: vault, broker: broker, fields: [])
            file.sealing = Self.sealing(vault, compression: "none")
            let environment = ["VAULT_TOKEN": vault.token]
            let derived = try await FieldsealCommand.run(
                ["run", "--pair", "seal"], configuration: file.text, environment: environment)
            #expect(derived.status == 2, "\(derived.errors)")
            #expect(derived.errors.contains("'sealed' is compacted") && derived.errors.contains("allowCompactedKeys"))
            #expect(try broker.admin().describe(topic: "sealed", timeout: 10_000) == nil)

            try broker.createTopic("sealed", settings: ["cleanup.policy": "compact,delete"])
            let existing = try await FieldsealCommand.run(
                ["run", "--pair", "seal"], configuration: file.text, environment: environment)
            #expect(existing.status == 2 && existing.errors.contains("'sealed' is compacted"), "\(existing.errors)")

            try broker.write([Self.record(0)], to: "raw")
            file.encrypt = "allowCompactedKeys: true"
            let command = try FieldsealCommand(
                ["run", "--pair", "seal"], configuration: file.text, environment: environment)
            try await expectEventually { try command.status != nil || broker.read("sealed").count == 1 }
            #expect(try await command.stop().status == 0)
        }

        @Test("Where the KMS refuses one of three keys, each error policy delivers what it promises")
        func refusedKey() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw")
            let record = TestRecord(key: "k", value: #"{"a": "1", "b": {"x":2}, "c":[3], "d":4}"#)
            try broker.write([record], to: "raw")
            var file = PairsFile(vault: vault, broker: broker, fields: [("a", "pii"), ("b", "money"), ("c", "acme")])
            file.instance = "sealing"
            let seal = try FieldsealCommand(
                ["run", "--pair", "seal"], configuration: file.text, environment: ["VAULT_TOKEN": vault.token])
            try await expectEventually { try seal.status != nil || broker.read("sealed").count == 1 }
            #expect(try await seal.stop().status == 0)
            let sealed = try #require(try broker.read("sealed").first)

            let token = try await vault.token(without: "money")
            let mirror = try FieldsealCommand(
                ["run"], configuration: Self.mirrors(vault, broker), environment: ["VAULT_TOKEN": token])
            try await expectEventually {
                try mirror.status != nil
                    || broker.read("default_value").count == 1 && broker.read("return_encrypted").count == 1
                        && mirror.errors.contains("key_refused")
            }
            let outcome = try await mirror.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")
            let defaulted = try #require(try broker.read("default_value").first)
            #expect(defaulted.text == #"{"a": "1", "b": null, "c":[3], "d":4}"# && defaulted.key == record.key)
            #expect(defaulted.headers.map(\.name) == ["fieldseal.envelope", "fieldseal.opened", "fieldseal.defaulted"])
            #expect(defaulted.headers[0] == sealed.headers[0])
            #expect(defaulted.headers[1].value == Array(#"["value:a","value:c"]"#.utf8))
            #expect(defaulted.headers[2].value == Array(#"["value:b"]"#.utf8))
            #expect(try broker.read("return_encrypted").map(\.content) == [sealed.content])
            #expect(try broker.read("fail").isEmpty)
        }

        private static func sealing(_ vault: TestVault, compression: String) -> String {
            """
            recordValue: {payload: {keySecretId: "\(vault.key("pii"))"}, compressionType: \(compression)}
                  recordKey: {payload: {keySecretId: "\(vault.key("money"))", algorithm: AES256_GCM}}
                  recordHeader: {header: "x-.*", payload: {keySecretId: "\(vault.key("{{record.header.tenant}}"))"}}
            """
        }

        /// A mirror of "sealed" for each error policy, whose target is named after it.
        private static func mirrors(_ vault: TestVault, _ broker: TestBroker) -> String {
            let pairs = ["return_encrypted", "default_value", "fail"].map { policy in
                """
                  - name: \(policy)
                    source: sealed
                    target: \(policy)
                    commitIntervalMs: 20
                    targetTopic: {config: {retention.ms: "-1"}}
                    decrypt: {errorPolicy: \(policy), keks: ["vault-kms://\(vault.authority)/transit/keys/*"]}

                """
            }
            return """
                instance: mirror
                kafka: {bootstrap.servers: "\(broker.bootstrapServers)"}
                kms: {vault: {uri: "\(vault.uri)", type: TOKEN, token: "${VAULT_TOKEN}"}}
                pairs:
                \(pairs.joined())
                """
        }

        private static func record(_ number: Int) -> TestRecord {
            let headers: [TestRecord.Header] = [
                .init("tenant", ["acme", "globex"][number % 2]), .init("x-pii", "\(secret)-\(number)"),
                .init("trace", nil), .init("x-pii", nil), .init("x-pii", "\(secret)"), .init("x-other", ""),
            ]
            return TestRecord(
                partition: Int32(number * 7 % 3), key: number % 5 == 4 ? nil : "\(secret)-\(number % 11)",
                value: number % 10 == 9 ? nil : String(repeating: "\(secret) \(number) ", count: number),
                headers: headers, timestamp: 1_600_000_000_000 + Int64(number))
        }
    }
}
