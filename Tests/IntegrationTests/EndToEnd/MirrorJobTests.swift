import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("A mirror that opens records on demand")
    struct MirrorJobTests {
        private static let partitions: Int32 = 2
        private static let environment = ["USER": "ann"]

        private func write(_ numbers: ClosedRange<Int>, to broker: TestBroker) throws {
            try broker.write(
                numbers.map {
                    TestRecord(
                        partition: Int32($0) % Self.partitions,
                        value: #"{"id":\#($0),"ssn":"\#($0)","iban":"DE\#($0)"}"#)
                }, to: "raw")
        }

        private func opened(_ broker: TestBroker) throws -> Set<String> {
            Set(try broker.read("opened").compactMap(\.text))
        }

        private func texts(_ numbers: ClosedRange<Int>) -> Set<String> {
            Set(numbers.map { #"{"id":\#($0),"ssn":"\#($0)","iban":"DE\#($0)"}"# })
        }

        private func demand(_ settings: String) -> String {
            "demand: {idleAfterMs: 500, checkIntervalMs: 300, \(settings)}"
        }

        @Test("A lease makes two instances work and outlives their restart; after its release all is forgotten")
        func leases() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw", partitions: Int(Self.partitions))
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "${NAME}"
            file.top = "control: {topic: fieldseal.control}\naudit: {topic: fieldseal.audit}"
            file.openPair = demand("consumers: false, leases: true, purge: all") + "\n    startFrom: earliest"
            let text = file.text
            func start(_ name: String, _ pair: String) throws -> FieldsealCommand {
                try FieldsealCommand(
                    ["run", "--pair", pair], configuration: text, environment: ["NAME": name, "USER": "ann"])
            }
            func lease(_ arguments: String...) async throws -> String {
                let outcome = try await FieldsealCommand.run(
                    ["lease", "--pair", "open"] + arguments, configuration: text,
                    environment: ["NAME": "tool"])
                #expect(outcome.status == 0, "\(outcome.errors)")
                return String(decoding: outcome.output, as: UTF8.self)
            }
            let sealer = try start("sealer", "seal")
            try write(1...20, to: broker)
            try await expectEventually { try broker.read("sealed").count == 20 }
            var mirrors = [try start("one", "open"), try start("two", "open")]
            try await expectEventually { mirrors.allSatisfy { $0.errors.contains("no_demand") } }
            #expect(try await lease("--list") == "open: no leases\n")
            #expect(try opened(broker).isEmpty)

            let taken = try await lease("--ttl", "10m", "--reason", "ticket 7", "--as", "bob")
            let id = String(taken.prefix { $0 != " " })
            #expect(taken.hasSuffix("bob: ticket 7\n"))
            try await expectEventually(within: 90) { try opened(broker) == texts(1...20) }
            #expect(mirrors.allSatisfy { $0.errors.contains("the pair works") })
            #expect(try await lease("--list") == taken)

            for mirror in mirrors { #expect(try await mirror.stop().status == 0) }
            try write(21...30, to: broker)
            try await expectEventually { try broker.read("sealed").count == 30 }
            mirrors = [try start("one", "open"), try start("two", "open")]
            try await expectEventually(within: 90) { try opened(broker) == texts(1...30) }

            let renewed = try await lease("--renew", id, "--ttl", "20m")
            #expect(renewed.hasPrefix(id) && renewed != taken)
            #expect(try await lease("--release", id) == "\(id): released\n")
            try await expectEventually { try opened(broker).isEmpty }
            try write(31...35, to: broker)
            try await expectEventually { try broker.read("sealed").count == 35 }
            try await Task.sleep(for: .seconds(1))
            #expect(try opened(broker).isEmpty)

            // One that runs out by itself.
            _ = try await lease("--ttl", "20s", "--reason", "a look")
            try await expectEventually(within: 20) { try opened(broker) == texts(31...35) }
            try await expectEventually { try opened(broker).isEmpty }
            #expect(try await lease("--list") == "open: no leases\n")
            try await expectEventually {
                let events = try broker.read("fieldseal.audit").compactMap(\.text)
                return ["lease_taken", "lease_released", "lease_expired", "demand_started", "demand_ended", "purged"]
                    .allSatisfy { kind in events.contains { $0.contains(kind) } }
            }
            let events = try broker.read("fieldseal.audit").compactMap(\.text)
            #expect(events.contains { $0.contains("lease_taken") && $0.contains("ticket 7") && $0.contains("bob") })
            #expect(!events.joined().contains("DE1"))
            for command in mirrors + [sealer] { #expect(try await command.stop().status == 0) }
        }

        @Test("While it is idle it asks the KMS nothing and fetches nothing; a consumer changes that within seconds")
        func idle() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            let proxy = try FaultProxy(before: vault.uri)
            try broker.createTopic("raw", partitions: Int(Self.partitions))
            var file = PairsFile(vault: vault, broker: broker, fields: [("ssn", "pii")])
            file.instance = "${NAME}"
            file.openPair = demand("consumers: true")
            let environment = ["NAME": "sealer", "VAULT_TOKEN": vault.token]
            let sealer = try FieldsealCommand(
                ["run", "--pair", "seal"], configuration: file.text, environment: environment)
            try write(1...1, to: broker)
            try await expectEventually { try broker.read("sealed").count == 1 }
            file.kms =
                #"{vault: {uri: "\#(proxy.url)", type: TOKEN, token: "${VAULT_TOKEN}", aliases: ["\#(vault.authority)"]}}"#
            let mirror = try FieldsealCommand(
                ["run", "--pair", "open"], configuration: file.text,
                environment: environment.merging(["NAME": "mirror"]) { $1 })
            try await expectEventually {
                mirror.errors.contains("no_demand") && mirror.errors.contains("Partitions assigned")
            }
            try write(2...2_000, to: broker)
            try await expectEventually { try broker.read("sealed").count == 2_000 }
            let before = try mirror.cpuMilliseconds
            try await Task.sleep(for: .seconds(5))
            #expect(try proxy.requests().isEmpty)
            #expect(try mirror.cpuMilliseconds - before < 250)
            #expect(try broker.read("opened").isEmpty)

            let reader = try GroupReader("opened", group: "app", at: broker)
            try await expectEventually { reader.values.count == 1_999 }
            #expect(try !proxy.requests().isEmpty)
            try await reader.leave()
            try await expectEventually { mirror.errors.contains("Records deleted") }
            #expect(try broker.read("opened").isEmpty)
            let calls = try proxy.requests().count
            try write(2_001...2_010, to: broker)
            try await Task.sleep(for: .seconds(1))
            #expect(try proxy.requests().count == calls)
            for command in [sealer, mirror] { #expect(try await command.stop().status == 0) }
        }

        @Test("Two mirrors on one topic, each with credentials of its own, see only their own fields")
        func partialViews() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw", partitions: Int(Self.partitions))
            let file = PairsFile(vault: vault, broker: broker, fields: [("ssn", "pii"), ("iban", "money")])
            let mirrors = [("people", "ssn", "PII_TOKEN"), ("payments", "iban", "MONEY_TOKEN")].map {
                name, field, token in
                """
                  - name: \(name)
                    source: sealed
                    target: \(name)
                    targetTopic: {config: {retention.ms: "-1"}}
                    startFrom: earliest
                    kms: {vault: {uri: "\(vault.uri)", type: TOKEN, token: "${\(token)}"}}
                    decrypt: {recordValueFields: [\(field)], errorPolicy: fail}
                    \(demand("purge: never"))

                """
            }
            let environment = [
                "VAULT_TOKEN": vault.token, "PII_TOKEN": try await vault.token(for: "pii"),
                "MONEY_TOKEN": try await vault.token(for: "money"),
            ]
            let command = try FieldsealCommand(
                ["run", "--pair", "seal", "--pair", "people", "--pair", "payments"],
                configuration: file.text + mirrors.joined(), environment: environment)
            try write(1...10, to: broker)
            try await expectEventually { try broker.read("sealed").count == 10 }
            #expect(try broker.read("people").isEmpty)
            let readers = try ["people", "payments"].map { try GroupReader($0, group: "app-\($0)", at: broker) }
            try await expectEventually { readers.allSatisfy { $0.values.count == 10 } }
            for (reader, plain, sealed) in [(readers[0], "ssn", "iban"), (readers[1], "iban", "ssn")] {
                for value in reader.values {
                    let object = try #require(
                        try JSONSerialization.jsonObject(with: Data(value.utf8)) as? [String: Any])
                    let id = try #require(object["id"] as? Int)
                    let clear = ["ssn": "\(id)", "iban": "DE\(id)"]
                    #expect(object[plain] as? String == clear[plain])
                    #expect(object[sealed] as? String != clear[sealed])
                    #expect((object[sealed] as? String)?.count ?? 0 > 30)
                }
            }
            for reader in readers { try await reader.leave() }
            #expect(try await command.stop().status == 0)

            // Whoever asks for the other's field gets nothing: the KMS refuses.
            let greedy =
                file.text
                + mirrors[0].replacing("recordValueFields: [ssn]", with: "recordValueFields: [ssn, iban]")
                .replacing("people", with: "greedy").replacing("demand: ", with: "# ")
            let other = try FieldsealCommand(
                ["run", "--pair", "greedy"], configuration: greedy, environment: environment)
            try await expectEventually { other.errors.contains("Partition halted") }
            #expect(other.errors.contains("key_refused"))
            #expect(try broker.read("greedy").isEmpty)
            #expect(try await other.stop().status == 0)
        }
    }
}
