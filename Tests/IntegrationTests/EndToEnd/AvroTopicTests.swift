import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("Topics of Avro records, by the built command with a registry")
    struct AvroTopicTests {
        private static let secret = "Secr3t"

        private static func schema(_ name: String, _ fields: String) -> String {
            #"{"type":"record","name":"\#(name)","fields":[\#(fields)]}"#
        }

        private static func framed(_ id: UInt32, _ datum: [UInt8]) -> [UInt8] {
            [0] + withUnsafeBytes(of: id.bigEndian) { Array($0) } + datum
        }

        /// A string as Avro writes it, shorter than 64 bytes.
        private static func string(_ text: String) -> [UInt8] { [UInt8(text.utf8.count * 2)] + Array(text.utf8) }

        private static func record(_ partition: Int32, _ key: String, _ value: [UInt8]) -> TestRecord {
            var record = TestRecord(partition: partition, key: key, value: nil)
            record.value = value
            return record
        }

        @Test("Several schemas and JSON in one topic come through, and one that appears later heals without a restart")
        func severalSchemas() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let registry = try StubRegistry()
            let person = try registry.register(
                "person", Self.schema("Person", #"{"name":"ssn","type":"string"},{"name":"age","type":"int"}"#))
            let account = try registry.register(
                "account", Self.schema("Account", #"{"name":"n","type":"long"},{"name":"ssn","type":["null","bytes"]}"#)
            )
            let late = account + 1
            try broker.createTopic("raw", partitions: 2)
            var fine: [TestRecord] = []
            for number in 0..<30 {
                let text = "\(Self.secret) \(number)"
                fine += [
                    Self.record(0, "a\(number)", Self.framed(person, Self.string(text) + [UInt8(number * 2)])),
                    Self.record(0, "b\(number)", Self.framed(account, [0x03, 0x02] + Self.string(text))),
                    TestRecord(partition: 0, key: "c\(number)", value: #"{"ssn": "\#(text)"}"#),
                    Self.record(0, "d\(number)", Self.framed(account, [0x05, 0x00])),
                ]
            }
            let held = [
                Self.record(1, "late", Self.framed(late, Self.string(Self.secret))),
                Self.record(1, "after", Self.framed(person, Self.string(Self.secret) + [0x54])),
            ]
            try broker.write(fine + held, to: "raw")

            var file = PairsFile(fields: ["ssn"])
            file.bootstrapServers = broker.bootstrapServers
            file.top = "schemaRegistry: {url: \"\(registry.url)\"}"
            file.instance = "avro"
            let command = try FieldsealCommand(["run"], configuration: file.text)
            try await expectEventually {
                try command.errors.contains("reason=schema_unknown") && broker.read("opened").count >= fine.count
            }
            #expect(firstDifference(try broker.read("opened").map(\.content), fine) == nil)
            #expect(try broker.read("sealed").allSatisfy { $0.partition == 0 })

            try #require(registry.register("late", Self.schema("Late", #"{"name":"ssn","type":"string"}"#)) == late)
            try await expectEventually(within: 60) {
                try command.status != nil || broker.read("opened").count >= fine.count + held.count
            }
            let outcome = try await command.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(firstDifference(try broker.read("opened").map(\.content), fine + held) == nil)
            let sealed = try broker.read("sealed")
            #expect(sealed.allSatisfy { !($0.value ?? []).contains(text: Self.secret) })
            #expect(sealed.map(\.key) == (fine + held).map(\.key))
            #expect(!outcome.errors.contains(Self.secret))
            withExtendedLifetime(registry) {}
        }

        private struct Shown: Decodable, Equatable {
            struct Value: Decodable, Equatable {
                var name: String
                var age: Int
                var born: String
                var status: String
                var clear: Int
                var tags: [String]
            }

            var key: String
            var value: Value

            static func parse(_ lines: [[UInt8]]) throws -> [Shown] {
                try lines.map { try JSONDecoder().decode(Shown.self, from: Data($0)) }
            }
        }

        @Test(
            "Confluent's own deserializer reads the encrypted topic under the schema that the records were written with"
        )
        func confluentsDeserializer() async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let registry = try StubRegistry()
            try broker.createTopic("raw")
            let count = 200
            func confluent(_ action: String, _ topic: String) async throws -> [Shown] {
                try Shown.parse(
                    try await PythonTool.run(
                        "confluent_avro_topic.py",
                        [
                            action, "--servers", broker.bootstrapServers, "--registry", registry.url, "--topic", topic,
                            "--schema", PythonTool.folder.appending(path: "sample.avsc").path, "--count", "\(count)",
                            "--targets", "sealed", "opened",
                        ]))
            }
            let written = try await confluent("write", "raw")

            var file = PairsFile(fields: WireFormatTests.avroFields)
            file.bootstrapServers = broker.bootstrapServers
            file.top = "schemaRegistry: {url: \"\(registry.url)\"}"
            file.instance = "confluent"
            let command = try FieldsealCommand(["run"], configuration: file.text)
            try await expectEventually { try command.status != nil || broker.read("opened").count >= count }
            let outcome = try await command.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")

            let sealed = try await confluent("read", "sealed")
            #expect(sealed.count == count)
            for (sealed, written) in zip(sealed, written) {
                #expect(sealed.key == written.key)
                #expect(sealed.value.clear == written.value.clear)
                #expect(
                    Data(base64Encoded: sealed.value.name)?.isEmpty == false && sealed.value.name != written.value.name)
                #expect(sealed.value.age == Int(Int32.min))
                #expect(sealed.value.born == "1970-01-01")
                #expect(sealed.value.status == "NEW")
                #expect(sealed.value.tags.isEmpty)
            }
            let opened = try await confluent("read", "opened")
            #expect(opened == written)
            #expect(try broker.read("opened").map(\.content) == broker.read("raw").map(\.content))
            withExtendedLifetime(registry) {}
        }
    }
}
