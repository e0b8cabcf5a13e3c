import Foundation
import Testing

extension EndToEndTests {
    @Suite("Patterns of topics, by the built command")
    struct TopicPatternJobTests {
        private static let secret = "Secr3t"

        private func makeFile() -> PairsFile {
            var file = PairsFile(fields: ["ssn"])
            file.sealTopics = (#"^c\..*"#, "{{record.topic}}.enc")
            file.openTopics = (#"^c\..*\.enc"#, "{{record.topic}}.clear")
            return file
        }

        private func record(_ number: Int) -> TestRecord {
            TestRecord(key: "k\(number)", value: #"{"n":\#(number),"ssn":"\#(Self.secret) \#(number)"}"#)
        }

        private func isThere(_ records: [TestRecord], in topic: String, _ broker: TestBroker) throws -> Bool {
            try broker.read(topic).map(\.content) == records
        }

        @Test("Two topics and one that appears later are sealed and opened again, and no output is read twice")
        func thereAndBack() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            var file = makeFile()
            file.bootstrapServers = broker.bootstrapServers
            file.instance = "patterns"
            let written = ["c.a": [record(1), record(2)], "c.b": [record(3)]]
            for (topic, records) in written {
                try broker.createTopic(topic)
                try broker.write(records, to: topic)
            }
            let command = try FieldsealCommand(["run"], configuration: file.text)
            try await expectEventually {
                try written.allSatisfy { try isThere($0.value, in: $0.key + ".enc.clear", broker) }
            }
            try broker.createTopic("c.late")
            try broker.write([record(4)], to: "c.late")
            try await expectEventually(within: 10) { try broker.read("c.late.enc").count == 1 }
            try await expectEventually { try isThere([record(4)], in: "c.late.enc.clear", broker) }
            // Long enough for another look, at which the outputs of the first are no sources.
            _ = try await eventually(within: 5) { false }
            let outcome = try await command.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")

            let topics = try broker.admin().topics(timeout: 10_000).map(\.name).filter { !$0.hasPrefix("_") }
            #expect(topics.sorted() == ["c.a", "c.b", "c.late"].flatMap { [$0, $0 + ".enc", $0 + ".enc.clear"] })
            for topic in ["c.a.enc", "c.b.enc", "c.late.enc"] {
                #expect(try broker.read(topic).allSatisfy { !($0.value ?? []).contains(text: Self.secret) })
                #expect(outcome.errors.contains("Topic is not read") && outcome.errors.contains("topic=\(topic) "))
            }
        }

        @Test("A line names its topic, and goes where that topic's records go")
        func lines() async throws {
            let file = makeFile()
            var first = TransformLine(#"{"ssn":"\#(Self.secret)"}"#)
            first.topic = "c.a"
            var second = first
            second.topic = "c.b"
            let (sealed, outcome) = try await FieldsealCommand.transform(
                [first, second, first], by: "seal", of: file)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(sealed.map(\.topic) == ["c.a.enc", "c.b.enc", "c.a.enc"])
            #expect(sealed.allSatisfy { !($0.value.map(Array.init) ?? []).contains(text: Self.secret) })
            let (opened, opening) = try await FieldsealCommand.transform(sealed, by: "open", of: file)
            #expect(opening.status == 0, "\(opening.errors)")
            #expect(opened.map(\.topic) == ["c.a.enc.clear", "c.b.enc.clear", "c.a.enc.clear"])
            #expect(opened.allSatisfy { $0.value == first.value })

            // Sealed for one topic and read from another.
            var moved = sealed[0]
            moved.topic = "c.b.enc"

            let (refused, _) = try await FieldsealCommand.transform([moved], by: "open", of: file)
            #expect(refused.map(\.error?.reason) == ["foreign_topic"])
        }

        @Test("A line without a topic, of another one, or of an output is refused")
        func refusedLines() async throws {
            var lines = [TransformLine](repeating: TransformLine(#"{"ssn":"\#(Self.secret)"}"#), count: 4)
            lines[1].topic = "d.a"
            lines[2].topic = "c.a.enc"
            lines[3].topic = "c.a.enc.clear"
            let (results, outcome) = try await FieldsealCommand.transform(lines, by: "seal", of: makeFile())
            #expect(outcome.status == 3)
            #expect(
                results.map(\.error?.reason) == ["malformed_line", "foreign_topic", "foreign_topic", "foreign_topic"])
            #expect(!outcome.output.contains(text: Self.secret))
        }

        @Test("The check shows patterns as they are written")
        func check() async throws {
            let outcome = try await FieldsealCommand.run(["check"], configuration: makeFile().text)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains(text: #"seal: ^c\..* -> {{record.topic}}.enc, encrypts ssn"#))
        }
    }
}
