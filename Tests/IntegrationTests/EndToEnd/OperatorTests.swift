import Foundation
import Testing

extension EndToEndTests {
    @Suite("What an operator says on the command line")
    struct OperatorTests {
        private static let environment = ["USER": "ann"]

        private func file(_ broker: TestBroker) -> PairsFile {
            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "operator"
            file.top = "control: {topic: fieldseal.control}"
            return file
        }

        @Test("pause, resume and skip do what they say in a running process, and skip waits until it is done")
        func commands() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            try broker.createTopic("raw")
            let file = file(broker)
            func run(_ arguments: [String], _ reason: [String] = ["--reason", "a test"]) async throws
                -> FieldsealCommand.Outcome
            {
                try await FieldsealCommand.run(arguments + reason, configuration: file.text)
            }
            let paused = try await run(["pause", "--pair", "seal", "--as", "bob"])
            #expect(paused.status == 0 && String(decoding: paused.output, as: UTF8.self) == "seal: paused\n")
            let command = try FieldsealCommand(["run", "--pair", "seal"], configuration: file.text)
            try broker.write([TestRecord(value: #"{"ssn":"1"}"#), TestRecord(value: "{")], to: "raw")
            try await expectEventually { command.errors.contains("Paused by bob: a test") }
            #expect(try broker.read("sealed").isEmpty)
            let again = try await run(["pause", "--pair", "seal"])
            #expect(String(decoding: again.output, as: UTF8.self).contains("was paused already, by bob: a test"))
            #expect(try await run(["resume", "--pair", "seal"]).status == 0)
            try await expectEventually { command.errors.contains("Partition halted") }
            #expect(try broker.read("sealed").count == 1)
            let wrong = try await run(["skip", "--pair", "seal", "--partition", "0", "--offset", "0"])
            #expect(wrong.status == 2 && wrong.errors.contains("partition 0 of 'raw' stands at offset 1"))
            let skipped = try await run(["skip", "--pair", "seal", "--partition", "0", "--offset", "1"])
            #expect(skipped.status == 0, "\(skipped.errors)")
            try broker.write([TestRecord(value: #"{"ssn":"2"}"#)], to: "raw")
            try await expectEventually { try broker.read("sealed").count == 2 }
            #expect(try await command.stop().status == 0)
            let nobody = try await run(
                ["skip", "--pair", "seal", "--partition", "0", "--offset", "3", "--timeout", "200ms"])
            #expect(nobody.status == 4 && nobody.errors.contains("stays noted"))
            let resumed = try await run(["resume", "--pair", "seal"])
            #expect(String(decoding: resumed.output, as: UTF8.self) == "seal: was not paused\n")
        }

        @Test(
            "What is missing is said before anything is asked of Kafka",
            arguments: [
                (["pause", "--pair", "seal", "--reason", "r"], "no 'control'"),
                (["skip", "--pair", "seal", "--partition=-1", "--offset", "0", "--reason", "r"], "counted from 0"),
                (["pause", "--pair", "none", "--reason", "r"], "there is no pair 'none'"),
                (["pause", "--pair", "seal"], "--reason"),
                (["resume", "--pair", "seal", "--reason", " "], "--reason"),
                (["resume", "--pair", "seal", "--reason", "a\nb"], "--reason"),
            ])
        func refused(arguments: [String], words: String) async throws {
            let outcome = try await FieldsealCommand.run(
                arguments, configuration: PairsFile(fields: ["ssn"]).text)
            #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome.errors)")
        }

        @Test("Without a broker the commands say so, and exit with 4")
        func silent() async throws {
            var file = PairsFile(fields: ["ssn"])
            file.top = "control: {topic: fieldseal.control}"
            let outcome = try await FieldsealCommand.run(
                ["pause", "--pair", "seal", "--reason", "r"], configuration: file.text)
            #expect(outcome.status == 4, "\(outcome.errors)")
        }
    }
}
