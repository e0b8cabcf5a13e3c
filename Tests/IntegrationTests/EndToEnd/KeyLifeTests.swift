import Foundation
import Synchronization
import Testing

extension EndToEndTests {
    /// The short forms of `scripts/soak keys`.
    @Suite("Keys that are rotated, and a KMS that is away")
    struct KeyLifeTests {
        private static let partitions: Int32 = 2

        @Test("New records carry a rotated key's new version within the TTL, old ones stay readable, without a restart")
        func rotation() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            let ttl: Int64 = 3_000
            let run = try await Run(broker, vault, ttl: ttl)
            try await expectEventually {
                try run.write(); return try run.versions().keys.contains(1)
            }
            try await vault.rotate("pii")
            let rotatedAt = Self.now
            try await expectEventually {
                try run.write(); return try run.versions().keys.contains(2)
            }
            try await vault.rotate("pii")
            try await expectEventually {
                try run.write(); return try run.versions().keys.contains(3)
            }
            try await run.finish()

            let versions = try run.versions()
            #expect(Set(versions.keys) == [1, 2, 3])
            #expect(try #require(versions[1]?.max()) <= rotatedAt + ttl, "an old key outlived its time")
        }

        @Test("Records go on under kept keys while the KMS is away, then halt in their group, and lose nothing")
        func outage() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.startDurable()
            defer { vault.stop() }
            let run = try await Run(broker, vault, ttl: 10_000)
            try await expectEventually {
                try run.write(); return try broker.read("opened").count > 0
            }
            vault.halt()
            let away = run.written
            try run.write()
            try await expectEventually(within: 10) { try broker.read("sealed").count > away }
            // Kept keys end, and the partitions halt at their next record without a word to the broker but the polls.
            try await expectEventually(within: 60) {
                try run.write()
                return run.command.errors.contains("Partition halted") || run.command.status != nil
            }
            let halted = try broker.read("sealed").count
            try run.write()
            #expect(run.command.status == nil)
            #expect(try broker.read("sealed").count <= halted + Int(Self.partitions) * 20)
            try await vault.restart()
            try await run.finish()
            #expect(try run.versions().keys.sorted() == [1])
        }

        private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

        /// The command with both pairs, and what is written for it.
        private final class Run: Sendable {
            let command: FieldsealCommand
            private let broker: TestBroker
            private let records = Mutex<[TestRecord]>([])

            var written: Int { records.withLock { $0.count } }

            init(_ broker: TestBroker, _ vault: TestVault, ttl: Int64) async throws {
                self.broker = broker
                try broker.createTopic("raw", partitions: Int(KeyLifeTests.partitions))
                var file = PairsFile(
                    vault: vault, broker: broker, fields: [("ssn", "pii")], settings: ", keyTtlMs: \(ttl)")
                file.instance = "keys"
                command = try FieldsealCommand(
                    ["run"], configuration: file.text, environment: ["VAULT_TOKEN": vault.token])
            }

            /// Writes ten records to each partition.
            func write() throws {
                let more = records.withLock { records in
                    let more = (0..<10 * Int(KeyLifeTests.partitions)).map { index in
                        let number = records.count + index
                        return TestRecord(
                            partition: Int32(index) % KeyLifeTests.partitions, key: "\(number)",
                            value: #"{"number":\#(number),"ssn":"078-05-1120"}"#, timestamp: KeyLifeTests.now)
                    }
                    records += more
                    return more
                }
                try broker.write(more, to: "raw")
            }

            /// Waits until all that was written is opened, stops the command, and compares.
            func finish() async throws {
                let expected = records.withLock { $0 }
                try await expectEventually(within: 90) {
                    try command.status != nil || broker.read("opened").count >= expected.count
                }
                #expect(command.status == nil, "\(command.errors)")
                let outcome = try await command.stop()
                #expect(outcome.status == 0, "\(outcome.errors)")
                for partition in 0..<KeyLifeTests.partitions {
                    let opened = try broker.read("opened").filter { $0.partition == partition }.map(\.content)
                    #expect(opened == expected.filter { $0.partition == partition })
                }
            }

            /// The times of the sealed records, by the version of their key.
            func versions() throws -> [Int: [Int64]] {
                try broker.read("sealed").reduce(into: [:]) { found, record in
                    let envelope = record.headers.first { $0.name == "fieldseal.envelope" }?.value ?? []
                    let match = try #require(String(decoding: envelope, as: UTF8.self).firstMatch(of: /"vault:v(\d+):/))
                    found[try #require(Int(match.1)), default: []].append(record.timestamp)
                }
            }
        }
    }

    @Suite("Keys that can't be used when the command starts")
    struct StartKeyTests {
        enum Fault: CaseIterable {
            case wrongToken, missingKey, missingPermission, wrongMount
        }

        @Test("The log names the provider, the key and what to do, though no record comes", arguments: Fault.allCases)
        func message(fault: Fault) async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw")
            var file = PairsFile(vault: vault, broker: broker, fields: [("ssn", "pii")])
            file.instance = "start"
            var token = vault.token
            var key = vault.key("pii")
            var words = ["vault-kms://"]
            switch fault {
            case .wrongToken:
                token = "s.wrongwrongwrong"
                words += ["does not accept the credentials", "check the credentials under kms.vault"]
            case .missingKey:
                key = vault.key("absent")
                words += ["refuses", "grant the update capability on transit/encrypt/absent"]
            case .missingPermission:
                token = try await vault.token(policy: #"path "transit/decrypt/pii" { capabilities = ["update"] }"#)
                words += ["refuses", "grant the update capability on transit/encrypt/pii"]
            case .wrongMount:
                key = vault.key("pii").replacing("/transit/", with: "/nowhere/")
                words += ["nowhere/keys/pii"]
            }
            file.fields = [("ssn", key)]
            words.append(key)
            let command = try FieldsealCommand(
                ["run", "--pair", "seal"], configuration: file.text, environment: ["VAULT_TOKEN": token])
            try await expectEventually(within: 10) {
                command.errors.contains("A key of the pair can't be used") || command.status != nil
            }
            let line = try #require(
                command.errors.split(separator: "\n").first { $0.contains("A key of the pair can't be used") },
                "\(command.errors)")
            for word in words { #expect(line.contains(word), "\(line)") }
            #expect(!command.errors.contains("s.wrongwrongwrong"))
            #expect(try await command.stop().status == 0)
        }
    }
}
