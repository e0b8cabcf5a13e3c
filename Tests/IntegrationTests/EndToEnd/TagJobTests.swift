import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("Fields that schemas choose by tags, by the built command")
    struct TagJobTests {
        private static let secret = "Secr3t"

        private func makeFile(_ registry: StubRegistry, more: String = #"keks: ["in-memory-kms://other"]"#) -> PairsFile
        {
            var file = PairsFile(fields: [])
            file.top = "schemaRegistry: {url: \"\(registry.url)\"}"
            file.encrypt = """
                tags: [PII]
                      defaultKeySecretId: "in-memory-kms://pii"
                      defaultAlgorithm: AES256_GCM
                      \(more)
                """
            return file
        }

        private func layout(of line: TransformLine) throws -> Layout {
            let envelope = try #require(line.header("fieldseal.envelope"))
            let first = try #require(envelope.split(separator: 0x0A).first)
            return try JSONDecoder().decode(Layout.self, from: Data(first))
        }

        private struct Layout: Decodable {
            struct Part: Decodable {
                struct Field: Decodable {
                    var path: String
                    var key: Int
                }
                var fields: [Field]
            }
            var algs: [String]
            var value: Part?
        }

        private func sealAndOpen(
            _ file: PairsFile, _ lines: [[UInt8]]
        ) async throws -> (sealed: [TransformLine], opened: [TransformLine]) {
            let records = try lines.map(TransformLine.init(parsing:))
            let (sealed, outcome) = try await FieldsealCommand.transform(records, by: "seal", of: file)
            try #require(outcome.status == 0, "\(outcome.errors) \(String(decoding: outcome.output, as: UTF8.self))")
            #expect(!outcome.output.contains(text: Self.secret))
            let (opened, opening) = try await FieldsealCommand.transform(sealed, by: "open", of: file)
            #expect(opening.status == 0, "\(opening.errors)")
            #expect(opened.map(\.value) == records.map(\.value))
            return (sealed, opened)
        }

        @Test(
            "What Confluent's serializers write is sealed as its schema says", arguments: ["avro", "json", "protobuf"])
        func confluent(language: String) async throws {
            let registry = try StubRegistry()
            let lines = try await PythonTool.run("tagged_samples.py", [registry.url, language])
            try #require(lines.count == 6)
            let (sealed, _) = try await sealAndOpen(makeFile(registry), lines)
            for line in sealed {
                let value = try #require(line.value.map(Array.init))
                #expect(!value.contains(text: Self.secret) && value.contains(text: "plain"))
                let layout = try layout(of: line)
                let fields = try #require(layout.value?.fields)
                #expect(Set(fields.map(\.path)) == ["ssn", "salary", "card", "banks[*].iban"])
                let algorithms = Dictionary(uniqueKeysWithValues: fields.map { ($0.path, layout.algs[$0.key]) })
                #expect(algorithms["ssn"] == "AES256_GCM")
                #expect(algorithms["salary"] == (language == "avro" ? "CHACHA20_POLY1305" : "AES256_GCM"))
                // A key of its own.
                #expect(fields.filter { $0.path == "card" }.map(\.key) != fields.filter { $0.path == "ssn" }.map(\.key))
            }
        }

        @Test("An Avro record that becomes JSON text is sealed by its tags too")
        func converted() async throws {
            let registry = try StubRegistry()
            let lines = try await PythonTool.run("tagged_samples.py", [registry.url, "avro"])
            var file = makeFile(registry)
            file.encrypt += "\n      schemaDataMode: convert_json"
            let (sealed, _) = try await sealAndOpen(file, lines)
            #expect(sealed.allSatisfy { $0.value?.first == UInt8(ascii: "{") })
        }

        @Test("Tags and listed fields combine, and what is listed wins")
        func combined() async throws {
            let registry = try StubRegistry()
            let lines = try await PythonTool.run("tagged_samples.py", [registry.url, "avro"])
            var file = makeFile(registry)
            file.fields = [("note", "in-memory-kms://other"), ("banks", "in-memory-kms://other")]
            let (sealed, _) = try await sealAndOpen(file, lines)
            let fields = try layout(of: #require(sealed.first)).value?.fields.map(\.path)
            #expect(fields == ["note", "banks", "ssn", "salary", "card"])
        }

        @Test("Tags that the registry keeps beside the schema choose fields as well")
        func metadata() async throws {
            let registry = try StubRegistry()
            let id = try registry.register(
                "s",
                #"{"type":"record","name":"n.R","fields":[{"name":"ssn","type":"string"},{"name":"b","type":"string"}]}"#,
                more: #""metadata":{"tags":{"**.ssn":["PII"]}}"#)
            let value = [0, 0, 0, 0, UInt8(id), 12] + Array("Secr3t".utf8) + [2, UInt8(ascii: "b")]
            let (sealed, outcome) = try await FieldsealCommand.transform(
                [TransformLine(value: value)], by: "seal", of: makeFile(registry))
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try layout(of: #require(sealed.first)).value?.fields.map(\.path) == ["ssn"])
        }

        private static let key = "\"type\":\"string\",\"fieldseal.keySecretId\""

        @Test(
            "A schema whose tags can't be followed is refused, and nothing of its records goes out in the clear",
            arguments: [
                (#"{"name":"a","KEY:"in-memory-kms://third"}"#, "kek_not_allowed"),
                (#"{"name":"a","KEY:"vault-kms://evil/transit/keys/k"}"#, "kek_not_allowed"),
                (#"{"name":"a","KEY:"{{record.key}}"}"#, "kek_not_allowed"),
                (#"{"name":"a","type":"string","fieldseal.algorithm":"ROT13"}"#, "schema_unusable"),
                (#"{"name":"a","type":"string","fieldseal.tags":{"PII":1}}"#, "schema_unusable"),
                (
                    #"{"name":"a","type":["string",{"type":"record","name":"T","fields":[{"name":"t","type":["null","T"]},{"name":"x","type":"int","confluent:tags":["PII"]}]}]}"#,
                    "schema_unusable"
                ),
            ])
        func refused(field: String, reason: String) async throws {
            let registry = try StubRegistry()
            let text = field.replacing("\"KEY", with: Self.key)
            let id = try registry.register("s", #"{"type":"record","name":"R","fields":[\#(text)]}"#)
            let branch: [UInt8] = field.contains(#""T""#) ? [0] : []
            let value = [0, 0, 0, 0, UInt8(id)] + branch + [12] + Array(Self.secret.utf8)
            let (lines, outcome) = try await FieldsealCommand.transform(
                [TransformLine(value: value)], by: "seal", of: makeFile(registry, more: ""))
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(lines.map(\.error?.reason) == [reason])
            #expect(!outcome.output.contains(text: Self.secret) && !outcome.output.contains(text: "evil"))
        }

        @Test("A KEK that the pair lists for schemas may be named by one")
        func allowedKeks() async throws {
            let registry = try StubRegistry()
            let schema = #"{"name":"a","KEY:"in-memory-kms://other"}"#.replacing("\"KEY", with: Self.key)
            let id = try registry.register("s", #"{"type":"record","name":"R","fields":[\#(schema)]}"#)
            let line = TransformLine(value: [0, 0, 0, 0, UInt8(id), 12] + Array(Self.secret.utf8))
            let (refused, _) = try await FieldsealCommand.transform(
                [line], by: "seal", of: makeFile(registry, more: ""))
            #expect(refused.map(\.error?.reason) == ["kek_not_allowed"])
            let (sealed, outcome) = try await FieldsealCommand.transform(
                [line], by: "seal", of: makeFile(registry, more: #"keks: ["in-memory-kms://oth*"]"#))
            #expect(outcome.status == 0 && sealed.count == 1, "\(outcome.errors)")
        }

        @Test("A value without a schema is refused, since nobody says what to seal of it")
        func withoutSchema() async throws {
            let registry = try StubRegistry()
            let line = TransformLine(#"{"ssn":"\#(Self.secret)"}"#)
            let (lines, outcome) = try await FieldsealCommand.transform([line], by: "seal", of: makeFile(registry))
            #expect(lines.map(\.error?.reason) == ["schema_unusable"])
            #expect(!outcome.output.contains(text: Self.secret))
        }
    }
}
