import Foundation
import Testing

extension EndToEndTests {
    @Suite("Dead letters and their replay, by the built command, under keys of a vault")
    struct ReplayTests {
        private static let secret = "Secr3t"
        private static let replay = ["replay", "--pair", "seal", "--from-dead-letters", "--reason", "mended"]

        /// A record that can't be encrypted where the field is `a.ssn`, and can where it is `a`.
        private static func poison(_ number: Int, partition: Int32 = 0) -> TestRecord {
            TestRecord(partition: partition, key: "p\(number)", value: #"{"a":"\#(secret)-\#(number)"}"#)
        }

        private static func good(_ number: Int, partition: Int32 = 0) -> TestRecord {
            TestRecord(partition: partition, key: "g\(number)", value: #"{"a":{"ssn":"\#(secret)-\#(number)"}}"#)
        }

        private static func file(
            _ vault: TestVault, _ broker: TestBroker, field: String = "a.ssn", settings: String = ""
        ) -> PairsFile {
            var file = PairsFile(vault: vault, broker: broker, fields: [(field, "pii")], settings: settings)
            file.top = "audit: {topic: audit}"
            file.encrypt = """
                onError: dead_letter
                      deadLetterTopic: dead
                      deadLetterKeySecretId: "\(vault.key("money"))"
                """
            return file
        }

        private static func run(
            _ arguments: [String], _ file: PairsFile, _ vault: TestVault
        ) async throws -> FieldsealCommand.Outcome {
            try await FieldsealCommand.run(
                arguments, configuration: file.text, environment: ["VAULT_TOKEN": vault.token])
        }

        private static func start(
            _ arguments: [String], _ file: PairsFile, _ vault: TestVault
        ) throws -> FieldsealCommand {
            try FieldsealCommand(arguments, configuration: file.text, environment: ["VAULT_TOKEN": vault.token])
        }

        /// Whether anything of a record shows in a topic, aborted records among it.
        private static func leaks(_ topic: String, _ broker: TestBroker) throws -> Bool {
            try broker.read(topic, isolation: "read_uncommitted").contains { record in
                ([record.key, record.value] + record.headers.map(\.value)).contains {
                    ($0 ?? []).contains(text: secret)
                }
            }
        }

        @Test("What can't be encrypted waits sealed, and is put back once when the configuration is mended")
        func encryption() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw", partitions: 2)
            let good = (0..<6).map { Self.good($0, partition: Int32($0 % 2)) }
            let poison = (0..<4).map { Self.poison($0, partition: Int32($0 % 2)) }
            try broker.write(good[..<3] + poison + good[3...], to: "raw")
            let broken = Self.file(vault, broker)
            let command = try Self.start(["run", "--pair", "seal"], broken, vault)
            try await expectEventually { try broker.read("sealed").count == 6 && broker.read("dead").count == 4 }
            let running = try await command.stop()
            #expect(running.status == 0, "\(running.errors)")
            #expect(try broker.committed(group: "fieldseal.seal", topic: "raw", partitions: 2) == [0: 5, 1: 5])

            // As it is, each stays, and says why.
            let early = try await Self.run(Self.replay, broken, vault)
            #expect(early.status == 3 && early.errors.contains("seal: 0 replayed, 4 stay"), "\(early.errors)")
            #expect(early.lines.count == 4)
            #expect(early.lines.allSatisfy { $0.contains(text: "path_mismatch") })

            let mended = Self.file(vault, broker, field: "a")
            let outcome = try await Self.run(Self.replay, mended, vault)
            #expect(outcome.status == 0 && outcome.errors.contains("seal: 4 replayed, 0 stay"), "\(outcome.errors)")
            let again = try await Self.run(Self.replay, mended, vault)
            #expect(again.status == 0 && again.errors.contains("seal: 0 replayed, 0 stay"), "\(again.errors)")

            let sealed = try broker.read("sealed")
            try #require(sealed.count == 10)
            #expect(Set(sealed.suffix(5).map(\.partition)) == [1])
            for topic in ["sealed", "dead", "audit"] { #expect(try !Self.leaks(topic, broker), "\(topic)") }
            for end in [running, early, outcome, again] {
                #expect(!end.errors.contains(Self.secret) && !end.output.contains(text: Self.secret))
            }
            let events = try broker.read("audit").compactMap(\.text)
            #expect(events.contains { $0.contains(#""replayed""#) && $0.contains("mended") })

            let opening = try Self.start(["run", "--pair", "open"], mended, vault)
            try await expectEventually { try broker.read("opened").count == 10 }
            #expect(try await opening.stop().status == 0)
            let opened = try broker.read("opened").map(\.content)
            #expect(Set(opened) == Set(good + poison))
        }

        @Test("What can't be decrypted waits sealed, and is put back once the key may be used")
        func decryption() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw")
            var file = PairsFile(vault: vault, broker: broker, fields: [("ssn", "pii")])
            let written = (0..<20).map { TestRecord(key: "\($0)", value: #"{"ssn":"\#(Self.secret)-\#($0)"}"#) }
            for (key, records) in [("pii", written[..<10]), ("acme", written[10...])] {
                file.fields = [("ssn", vault.key(key))]
                let count = try broker.read("sealed").count + records.count
                try broker.write(Array(records), to: "raw")
                let sealing = try Self.start(["run", "--pair", "seal"], file, vault)
                try await expectEventually { try broker.read("sealed").count == count }
                #expect(try await sealing.stop().status == 0)
            }
            let letters = #"deadLetterTopic: dead, deadLetterKeySecretId: "\#(vault.key("money"))""#
            file.decrypt = #"errorPolicy: dead_letter, \#(letters), keks: ["\#(vault.key("pii"))"]"#
            let opening = try Self.start(["run", "--pair", "open"], file, vault)
            try await expectEventually { try broker.read("opened").count == 10 && broker.read("dead").count == 10 }
            let running = try await opening.stop()
            #expect(running.status == 0, "\(running.errors)")
            #expect(try !Self.leaks("dead", broker))

            file.decrypt = #"errorPolicy: dead_letter, \#(letters)"#
            let replay = ["replay", "--pair", "open", "--from-dead-letters", "--reason", "allowed"]
            let outcome = try await Self.run(replay, file, vault)
            #expect(outcome.status == 0 && outcome.errors.contains("open: 10 replayed, 0 stay"), "\(outcome.errors)")
            #expect(try broker.read("opened").map(\.content) == written)
        }

        @Test("A replay that is stopped, and killed in the midst of others, puts every record back once")
        func interrupted() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            let count = 30_000
            try broker.createTopic("raw", partitions: 2)
            let poison = (0..<count).map { Self.poison($0, partition: Int32($0 % 2)) }
            try broker.write(poison, to: "raw")
            let running = try Self.start(["run", "--pair", "seal"], Self.file(vault, broker), vault)
            let read = try GroupProgress(of: "fieldseal.seal", in: "raw", partitions: 2, at: broker)
            try await expectEventually(within: 60) { try running.status != nil || read.records >= count }
            #expect(try await running.stop().status == 0)
            try #require(try broker.read("dead").count == count)

            let mended = Self.file(vault, broker, field: "a")
            let progress = try GroupProgress(of: "fieldseal.seal.replay", in: "dead", partitions: 2, at: broker)
            let stopped = try Self.start(Self.replay, mended, vault)
            try await expectEventually { try stopped.status != nil || progress.records >= 2_000 }
            let end = try await stopped.stop(by: SIGINT)
            #expect(end.status == 0, "\(end.errors)")
            #expect(end.errors.contains("offsets not looked at"), "it was stopped at its end, which proves nothing")
            let done = try broker.read("sealed").count
            #expect(done > 0 && done < count)
            #expect(end.errors.contains("seal: \(done) replayed, 0 stay"), "\(end.errors)")

            for moment in [done + 4_000, done + 9_000] {
                let killed = try Self.start(Self.replay, mended, vault)
                try await expectEventually { try killed.status != nil || progress.records >= moment }
                #expect(killed.status == nil, "\(killed.errors)")
                killed.kill()
                #expect(try broker.read("sealed").count < count, "a kill after the end proves nothing")
            }
            let outcome = try await Self.run(Self.replay, mended, vault)
            #expect(outcome.status == 0 && outcome.errors.contains(", 0 stay"), "\(outcome.errors)")
            let sealed = try broker.read("sealed")
            #expect(sealed.count == count)
            #expect(Set(sealed.map(\.key)) == Set(poison.map(\.key)))
            #expect(try !Self.leaks("sealed", broker))
        }

        @Test("Without the vault no letter is written and the partition halts; with it again, both go on")
        func outage() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw")
            // Keys are kept for a moment only, so that the vault is asked again.
            var file = Self.file(vault, broker, settings: ", keyTtlMs: 0")
            file.instance = "outage"
            let command = try Self.start(["run", "--pair", "seal"], file, vault)
            try broker.write([Self.good(0)], to: "raw")
            try await expectEventually { try broker.read("sealed").count == 1 }
            vault.suspend()
            try broker.write([Self.poison(1), Self.good(2)], to: "raw")
            try await expectEventually { command.errors.contains("reason=dead_letter_failed") }
            #expect(try broker.read("dead").isEmpty && broker.read("sealed").count == 1)
            vault.resume()
            try await expectEventually { try broker.read("dead").count == 1 && broker.read("sealed").count == 2 }
            let outcome = try await command.stop()
            #expect(outcome.status == 0 && !outcome.errors.contains(Self.secret), "\(outcome.errors)")
        }
    }
}
