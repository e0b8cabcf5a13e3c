import Foundation
import Testing

extension EndToEndTests {
    @Suite("Records that can't be encrypted, on their way through the built command")
    struct PoisonTests {
        private static let secret = "Secr3t"

        @Test("Only the record's partition halts, nothing past it is committed, and the log says where it is")
        func poison() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw", partitions: 3)
            let good = (0..<3).map {
                TestRecord(partition: Int32($0), key: "a", value: #"{"a":{"ssn":"\#(Self.secret)"}}"#)
            }
            let poison = TestRecord(partition: 1, key: "p", value: #"{"a":"\#(Self.secret)"}"#)
            let later = (0..<3).map {
                TestRecord(partition: Int32($0), key: "b", value: #"{"a":{"ssn":"\#(Self.secret)"}}"#)
            }
            try broker.write(good + [poison] + later, to: "raw")
            var file = PairsFile(vault: vault, broker: broker, fields: [("a.ssn", "pii")])
            file.instance = "poison"
            let command = try FieldsealCommand(
                ["run", "--pair", "seal"], configuration: file.text, environment: ["VAULT_TOKEN": vault.token])
            try await expectEventually {
                try command.errors.contains("Partition halted") && broker.read("sealed").count == 5
            }
            let more = [0, 2].map {
                TestRecord(partition: Int32($0), key: "c", value: #"{"a":{"ssn":"\#(Self.secret)"}}"#)
            }
            try broker.write(more, to: "raw")
            try await expectEventually { try broker.read("sealed").count == 7 }
            let outcome = try await command.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")

            let sealed = try broker.read("sealed")
            #expect(sealed.filter { $0.partition == 1 }.map(\.key) == [good[1].key])
            #expect(sealed.filter { $0.partition != 1 }.count == 6)
            #expect(!sealed.contains { ($0.value ?? []).contains(text: Self.secret) })
            #expect(try broker.committed(group: "fieldseal.seal", topic: "raw", partitions: 3) == [0: 3, 1: 1, 2: 3])
            #expect(!outcome.errors.contains(Self.secret))
            let line = outcome.errors.split(separator: "\n").first { $0.contains("Partition halted") } ?? ""
            for word in ["topic=raw", "partition=1", "offset=1", "field=a.ssn", "reason=path_mismatch"] {
                #expect(line.contains(word), "\(line)")
            }
        }

        @Test("A vault that goes away halts, and its return resumes, with no record lost or twice")
        func outage() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw")
            // No key is cached, so that each record asks the vault.
            var file = PairsFile(vault: vault, broker: broker, fields: [("ssn", "pii")], settings: ", keyTtlMs: 0")
            file.instance = "outage"
            let command = try FieldsealCommand(
                ["run", "--pair", "seal"], configuration: file.text, environment: ["VAULT_TOKEN": vault.token])
            func record(_ number: Int) -> TestRecord { TestRecord(key: "\(number)", value: #"{"ssn":\#(number)}"#) }
            try broker.write((0..<10).map(record), to: "raw")
            try await expectEventually { try broker.read("sealed").count == 10 }
            vault.suspend()
            try broker.write((10..<20).map(record), to: "raw")
            try await expectEventually { command.errors.contains("Partition halted") }
            vault.resume()
            try await expectEventually { try broker.read("sealed").count == 20 }
            #expect(try broker.read("sealed").map(\.key) == (0..<20).map { record($0).key })
            let outcome = try await command.stop()
            #expect(outcome.status == 0)
            // However often it was tried again, it is told once that the partition stands still, and once that it goes on.
            for line in ["Partition halted", "Partition resumed"] {
                #expect(outcome.errors.components(separatedBy: line).count == 2, "\(outcome.errors)")
            }
        }
    }
}
