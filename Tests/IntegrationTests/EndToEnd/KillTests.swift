import Foundation
import Testing

extension EndToEndTests {
    @Suite("Kill -9 in the midst of records")
    struct KillTests {
        private static let partitions: Int32 = 4
        private static let count = 100_000
        private static let secret = "Secr3t"

        /// Killed by progress, not by the clock, so that each kill falls into the midst of the records on any machine.
        @Test("The target holds each record once, in order, sealed, after five kills", arguments: [UInt64(20_261_124)])
        func fiveKills(seed: UInt64) async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw", partitions: Int(Self.partitions))
            let written = Self.records()
            try broker.write(written, to: "raw")
            var file = PairsFile(vault: vault, broker: broker, fields: [("ssn", "pii"), ("name", "money")])
            file.instance = "killed"

            var generator = SeededGenerator(seed: seed)
            let progress = try GroupProgress(
                of: "fieldseal.seal", in: "raw", partitions: Self.partitions, at: broker)
            for kill in 1...5 {
                let moment = Self.count / 6 * kill + Int.random(in: -4_000...4_000, using: &generator)
                let command = try Self.start("seal", file, vault)
                try await expectEventually { try command.status != nil || progress.records >= moment }
                #expect(command.status == nil, "\(command.errors)")
                command.kill()
                #expect(try progress.records < Self.count, "a kill after the end proves nothing")
            }
            try await Self.finish("seal", reading: "raw", file, broker, vault)

            let sealed = try broker.read("sealed")
            try #require(sealed.count == written.count)
            #expect(zip(sealed, written).allSatisfy { $0.key == $1.key && $0.partition == $1.partition })
            let everything = try broker.read("sealed", isolation: "read_uncommitted")
            #expect(everything.count > sealed.count, "no kill hit an open transaction: nothing is proved")
            #expect(!everything.contains { ($0.value ?? []).contains(text: Self.secret) })
            try await Self.finish("open", reading: "sealed", file, broker, vault)
            let opened = try broker.read("opened")
            try #require(opened.count == written.count)
            #expect(zip(opened, written).allSatisfy { $0.content == $1 })
        }

        private static func start(_ pair: String, _ file: PairsFile, _ vault: TestVault) throws -> FieldsealCommand {
            try FieldsealCommand(
                ["run", "--pair", pair], configuration: file.text, environment: ["VAULT_TOKEN": vault.token])
        }

        /// Runs a pair until it has handled all records.
        private static func finish(
            _ pair: String, reading topic: String, _ file: PairsFile, _ broker: TestBroker, _ vault: TestVault
        ) async throws {
            let progress = try GroupProgress(of: "fieldseal.\(pair)", in: topic, partitions: partitions, at: broker)
            let command = try start(pair, file, vault)
            // Markers of transactions take offsets too: what is asked for is the end, and the records are counted later.
            let end = try broker.read(topic).reduce(into: [:]) { $0[$1.partition] = $1.offset + 1 }.values.reduce(0, +)
            try await expectEventually(within: 60) { try command.status != nil || progress.records >= Int(end) }
            let outcome = try await command.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")
        }

        /// Records of about 200 bytes, by partition and in their order.
        private static func records() -> [TestRecord] {
            let notes = String(repeating: "x", count: 100)
            return (0..<partitions).flatMap { partition in
                (0..<count / Int(partitions)).map { number in
                    let value =
                        #"{"number":\#(number),"ssn":"\#(secret)-\#(number)","name":"\#(secret) \#(partition)","notes":"\#(notes)"}"#
                    return TestRecord(
                        partition: partition, key: "\(partition)-\(number)", value: value,
                        timestamp: 1_700_000_000_000 + Int64(number))
                }
            }
        }
    }
}
