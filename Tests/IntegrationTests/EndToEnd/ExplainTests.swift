import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("fieldseal explain")
    struct ExplainTests {
        private static let avro = """
            {"type": "record", "name": "Customer", "fields": [
              {"name": "ssn", "type": "string"},
              {"name": "salary", "type": ["null", "int"], "fieldseal.tags": ["PII"]},
              {"name": "score", "type": "double", "confluent:tags": ["PII"], "fieldseal.algorithm": "AES256_EAX"},
              {"name": "labels", "type": {"type": "map", "values": "string"}},
              {"name": "plain", "type": "string", "confluent:tags": ["PUBLIC"]}]}
            """

        private struct Report: Decodable {
            struct Rule: Decodable {
                struct Why: Decodable {
                    var listed: Bool
                    var tags: [String]
                    var ownAlgorithm: Bool
                }
                struct Sealed: Decodable, Equatable {
                    var type: String
                    var header: String?
                    var placeholder: String?
                }
                var part: String
                var path: String?
                var why: Why
                var keySecretId: String
                var algorithm: String
                var sealed: [Sealed]
                var matchesNothing: Bool
                var matches: [String]?
            }
            struct Refusal: Decodable {
                var line: Int
                var reason: String
            }
            var rules: [Rule]
            var records: Int?
            var refused: [Refusal]?
        }

        private func makeFile(tags: Bool = true) -> PairsFile {
            var file = PairsFile(fields: ["ssn", "labels.*", "nickname"])
            if tags {
                file.encrypt = """
                    tags: [PII]
                          defaultKeySecretId: "in-memory-kms://other"
                    """
                // No one answers there: explaining a schema asks nobody.
                file.top = #"schemaRegistry: {url: "http://127.0.0.1:1"}"#
            }
            return file
        }

        private func explain(
            _ file: PairsFile, _ arguments: [String], files: [String: String], input: String
        ) async throws -> FieldsealCommand.Outcome {
            let folder = try ServerProcess.makeFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
            return try await FieldsealCommand.run(
                ["explain", "--pair", "seal"] + arguments + (input.isEmpty ? [] : [folder.appending(path: input).path]),
                configuration: file.text)
        }

        private func report(_ outcome: FieldsealCommand.Outcome) throws -> Report {
            try JSONDecoder().decode(Report.self, from: Data(outcome.output))
        }

        @Test("Of a schema it tells each field, why, the key, the place and the placeholder, and what matches nothing")
        func schema() async throws {
            let outcome = try await explain(
                makeFile(), ["--json", "--schema"], files: ["c.avsc": Self.avro], input: "c.avsc")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let rules = try report(outcome).rules
            #expect(rules.map(\.path) == ["ssn", "labels.*", "nickname", "salary", "score"])
            #expect(rules.allSatisfy { $0.part == "value" })
            #expect(rules.map(\.why.listed) == [true, true, true, false, false])
            #expect(rules.map(\.matchesNothing) == [false, false, true, false, false])
            #expect(rules.map(\.why.tags) == [[], [], [], ["PII"], ["PII"]])
            #expect(rules.map(\.algorithm) == ["AES256_GCM", "AES256_GCM", "AES256_GCM", "AES128_GCM", "AES256_EAX"])
            #expect(rules[0].keySecretId == "in-memory-kms://pii" && rules[3].keySecretId == "in-memory-kms://other")
            #expect(rules[0].sealed == [.init(type: "string")])
            #expect(rules[3].sealed == [.init(type: "int", header: "fieldseal.value", placeholder: "-2147483648")])
            #expect(rules[4].sealed == [.init(type: "double", header: "fieldseal.value", placeholder: "1.4e-45")])
            #expect(rules[4].why.ownAlgorithm && !rules[3].why.ownAlgorithm)
        }

        @Test("It says the same in words")
        func text() async throws {
            let outcome = try await explain(
                makeFile(), ["--schema"], files: ["c.avsc": Self.avro], input: "c.avsc")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let text = String(decoding: outcome.output, as: UTF8.self)
            for expected in [
                "seal: raw -> sealed", "value salary\n  why:         tag PII\n  key:         in-memory-kms://other",
                "ciphertext:  in the header fieldseal.value, of type int\n  placeholder: -2147483648",
                "value ssn\n  why:         listed in the configuration", "ciphertext:  in place, of type string",
                "matches nothing:\n  value nickname",
            ] {
                #expect(text.contains(expected), "\(expected) is not in \(text)")
            }
        }

        @Test("Avro that becomes JSON text, and JSON Schema, hold ciphertexts in place")
        func converted() async throws {
            var file = makeFile()
            file.encrypt += "\n      schemaDataMode: convert_json"
            let avro = try await explain(file, ["--json", "--schema"], files: ["c.avsc": Self.avro], input: "c.avsc")
            let rules = try report(avro).rules
            #expect(rules.allSatisfy { $0.sealed == [.init(type: "json")] })
            #expect(rules.filter(\.matchesNothing).map(\.path) == ["nickname"])
            let json = #"{"properties":{"mail":{"confluent:tags":["PII"]}}}"#
            let outcome = try await explain(
                makeFile(), ["--json", "--schema"], files: ["c.json": json], input: "c.json")
            #expect(try report(outcome).rules.map(\.path) == ["ssn", "labels.*", "nickname", "mail"])
        }

        @Test("Of a sample it tells what each rule reaches, in keys and headers too, and never a value")
        func sample() async throws {
            var file = makeFile(tags: false)
            file.sealing = """
                recordValue: {fields: [{fieldName: "banks[*].iban", keySecretId: "in-memory-kms://pii"}, \
                {fieldName: nothing, keySecretId: "in-memory-kms://pii"}]}
                      recordKey: {format: json, fields: [{fieldName: id, keySecretId: "in-memory-kms://other"}]}
                      recordHeader: {header: "x-pii-.*", payload: {keySecretId: "in-memory-kms://other"}}
                """
            let lines = [
                TransformLine(
                    key: #"{"id":"Secr3t"}"#, #"{"banks":[{"iban":"Secr3t"},{},{"iban":"Secr3t"}]}"#,
                    headers: [("x-pii-mail", "Secr3t"), ("trace", "1")]),
                TransformLine(key: #"{"id":1}"#, "no JSON"),
            ]
            let input = String(decoding: try lines.bytes, as: UTF8.self)
            let outcome = try await explain(file, ["--json", "--sample"], files: ["r.jsonl": input], input: "r.jsonl")
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(!outcome.output.contains(text: "Secr3t"))
            let report = try report(outcome)
            #expect(report.records == 2 && report.refused?.map(\.line) == [2])
            #expect(report.refused?.map(\.reason) == ["malformed_payload"])
            #expect(report.rules.map(\.part) == ["key", "value", "value", "header"])
            #expect(report.rules.map(\.matches) == [["id"], ["banks[0].iban", "banks[2].iban"], [], ["x-pii-mail"]])
            #expect(report.rules.map(\.matchesNothing) == [false, false, true, false])
        }

        @Test("A sample's schemas come from the registry")
        func registry() async throws {
            let registry = try StubRegistry()
            let lines = try await PythonTool.run("tagged_samples.py", [registry.url, "avro"])
            var file = makeFile()
            file.fields = []
            file.encrypt += "\n      keks: [\"in-memory-kms://other\"]"
            file.top = "schemaRegistry: {url: \"\(registry.url)\"}"
            let input = lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
            let outcome = try await explain(file, ["--json", "--sample"], files: ["r.jsonl": input], input: "r.jsonl")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let rules = try report(outcome).rules
            #expect(rules.map(\.path) == ["ssn", "salary", "card", "banks[*].iban"])
            #expect(rules.last?.matches == ["banks[0].iban", "banks[1].iban"])
            registry.stop()
            let silent = try await explain(
                file, ["--timeout", "200ms", "--sample"], files: ["r.jsonl": input], input: "r.jsonl")
            #expect(silent.status == 4, "\(silent.errors)")
        }

        @Test("Without schema or sample it tells what the configuration alone does; a whole payload is told as such")
        func alone() async throws {
            var file = makeFile(tags: false)
            file.sealing = """
                recordValue: {payload: {keySecretId: "in-memory-kms://pii"}, compressionType: zstd}
                """
            let whole = try await explain(file, [], files: [:], input: "")
            #expect(whole.status == 0, "\(whole.errors)")
            #expect(whole.output.contains(text: "value, whole") && whole.output.contains(text: "of type payload"))
            let listed = try await explain(makeFile(), [], files: [:], input: "")
            #expect(listed.output.contains(text: "depends on the schema of each record"))
        }

        @Test("What can't be explained ends with 2, and says why")
        func refused() async throws {
            let recursive =
                #"{"type":"record","name":"T","fields":[{"name":"t","type":["null","T"]},{"name":"x","type":"int","confluent:tags":["PII"]}]}"#
            for (arguments, text) in [
                (["--schema"], recursive), (["--schema"], #"{"type":"record","name":"R"}"#),
                (
                    ["--schema"],
                    #"{"type":"record","name":"R","fields":[{"name":"ssn","type":"string","fieldseal.tags":7}]}"#
                ),
            ] {
                let outcome = try await explain(makeFile(), arguments, files: ["s": text], input: "s")
                #expect(outcome.status == 2 && outcome.errors.contains("error: "), "\(outcome.errors)")
            }
            let both = try await explain(makeFile(), ["--schema", "a", "--sample"], files: ["s": ""], input: "s")
            #expect(both.status == 2)
            let decrypt = try await FieldsealCommand.run(["explain", "--pair", "open"], configuration: makeFile().text)
            #expect(decrypt.status == 2 && decrypt.errors.contains("decrypts"))
        }
    }
}
