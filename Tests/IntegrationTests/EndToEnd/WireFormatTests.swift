import AvroCJudge
import Foundation
import TestServers
import Testing

extension EndToEndTests {
    /// Tests/Python/wire_format_reader.py was written from docs/wire-format.md alone and decrypts by Google Tink.
    @Suite("A stranger's reader opens what the command wrote, by the page on the wire format")
    struct WireFormatTests {
        static let algorithms = [
            "AES128_GCM", "AES256_GCM", "AES128_EAX", "AES256_EAX", "AES128_CTR_HMAC_SHA256", "AES256_CTR_HMAC_SHA256",
            "XCHACHA20_POLY1305",
        ]
        static let avroFields = [
            "name", "nickname", "age", "salary", "ratio", "score", "active", "photo", "pin", "status", "id", "born",
            "seen",
            "amount", "contact", "tags", "labels.*", "address", "banks[*].iban", "banks[*].balance",
        ]

        @Test("JSON records, by each of Tink's algorithms", arguments: algorithms)
        func json(algorithm: String) async throws {
            let vault = try await TestVault.start()
            defer { vault.stop() }
            let paths = [
                "ssn", "list[*].x", "list[1].y[0]", "labels.*", #"odd."a.b""#, #""ü \u0001".*.z"#, "deep.a.b.c",
            ]
            var file = PairsFile(
                vault: vault, fields: paths.enumerated().map { ($1, $0 % 2 == 0 ? "pii" : "{{record.header.tenant}}") })
            file.algorithm = algorithm
            let tenant = (name: "tenant", value: Optional("acme"))
            let records = [
                TransformLine(
                    key: "k", #" {"ssn":"1\u00e9\/", "ssn" : 2,"\u0073sn":{"a":[1,"x"]},"n":1.50e2} "#,
                    headers: [tenant, ("h", nil), ("h", ""), ("h", nil)]),
                TransformLine(
                    key: nil, #"{"list":[{"x":"a"},{"x":null,"y":["b","c"]},{"y":["d"]},{"x":[{"x":1}]}]}"#,
                    headers: [tenant]),
                TransformLine(
                    key: "", #"{"labels":{"":"a","a.b":"b","q\"":"c","[0]":"d","*":"e","a":"f","a":"g","n":null}}"#,
                    headers: [tenant]),
                TransformLine(
                    key: "k2", #"{"odd":{"a.b":true,"a":{"b":1}},"ü \u0001":{"k":{"z":false},"\n":{"z":-0}}}"#,
                    headers: [tenant]),
                TransformLine(key: "k3", #"{"deep":{"a":{"b":{"c":{}}}}}"#, headers: [tenant]),
                TransformLine(key: "k4", "{}", headers: [tenant]),
                TransformLine(key: "gone", nil, headers: [tenant, ("h", "v")]),
                TransformLine(key: "long", #"{"ssn":"\#(String(repeating: "x", count: 100_000))"}"#, headers: [tenant]),
            ]
            try await Self.expectOpens(records, file, vault)
        }

        @Test(
            "JSON records without padding, or not bound to their key",
            arguments: ["padding: 0", "padding: 256", "bindKey: false"])
        func shapes(setting: String) async throws {
            let vault = try await TestVault.start()
            defer { vault.stop() }
            var file = PairsFile(vault: vault, fields: [("[*].ssn", "pii"), ("[0].n[1]", "money")])
            file.encrypt = setting
            let records = [
                TransformLine(key: "k", #"[{"ssn":1,"n":[0,[]]},{"ssn":"\#(String(repeating: "y", count: 15))"},{}]"#),
                TransformLine(key: nil, #"[{"n":[1,{"a":2}]},{"ssn":""}]"#),
            ]
            try await Self.expectOpens(records, file, vault)
        }

        @Test("Avro records of every type, with a schema file and in a registry's framing", arguments: [false, true])
        func avro(isFramed: Bool) async throws {
            let vault = try await TestVault.start()
            defer { vault.stop() }
            let schema = PythonTool.folder.appending(path: "sample.avsc").path
            var file = PairsFile(
                vault: vault, fields: Self.avroFields.enumerated().map { ($1, $0 % 3 == 0 ? "money" : "pii") })
            var words = ["--schema", schema, "--count", "100", "--seed", "20261124"]
            var readerWords = ["--schema", schema]
            if isFramed {
                let registry = try StubRegistry()
                let id = try registry.register("raw-value", String(contentsOfFile: schema, encoding: .utf8))
                file.top = "schemaRegistry: {url: \"\(registry.url)\"}"
                words += ["--schema-id", "\(id)"]
                readerWords = ["--registry", registry.url]
                let sealed = try await Self.expectOpens(Self.samples(words), file, vault, reader: readerWords)
                try Self.expectReadableByAvroC(sealed, schema: schema, framing: 5)
                withExtendedLifetime(registry) {}
            } else {
                file.encrypt = "schemaFile: \(schema)"
                file.decrypt += ", schemaFile: \(schema)"
                let sealed = try await Self.expectOpens(Self.samples(words), file, vault, reader: readerWords)
                try Self.expectReadableByAvroC(sealed, schema: schema, framing: 0)
            }
        }

        /// Apache's library for C decodes what was sealed, under the schema that it was written with.
        private static func expectReadableByAvroC(_ sealed: [TransformLine], schema: String, framing: Int) throws {
            let reader = try AvroCReader(schema: String(contentsOfFile: schema, encoding: .utf8))
            for record in sealed {
                let datum = Array(try #require(record.value).dropFirst(framing))
                try reader.read(datum)
                #expect(throws: AvroCReader.Refusal.self) { try reader.read(datum.dropLast()) }
            }
        }

        @Test("Avro records that become JSON text, some with their original beside it", arguments: [false, true])
        func converted(isFramed: Bool) async throws {
            let vault = try await TestVault.start()
            defer { vault.stop() }
            let schema = PythonTool.folder.appending(path: "sample.avsc").path
            var file = PairsFile(vault: vault, fields: Self.avroFields.map { ($0, "pii") })
            let registry = try StubRegistry()
            let id = try registry.register("raw-value", String(contentsOfFile: schema, encoding: .utf8))
            file.top = "schemaRegistry: {url: \"\(registry.url)\"}"
            file.encrypt = "schemaDataMode: convert_json"
            var words = ["--schema", schema, "--count", "100", "--seed", "20261125"]
            if isFramed {
                words += ["--schema-id", "\(id)"]
            } else {
                file.encrypt += "\n      schemaFile: \(schema)"
                file.decrypt += ", schemaFile: \(schema)"
            }
            let reader = isFramed ? ["--registry", registry.url] : ["--schema", schema]
            let sealed = try await Self.expectOpens(Self.samples(words), file, vault, reader: reader)
            let originals = sealed.count { $0.header("fieldseal.value.original") != nil }
            #expect((1..<100).contains(originals))
            #expect(sealed.allSatisfy { $0.value?.first == UInt8(ascii: "{") })
            withExtendedLifetime(registry) {}
        }

        @Test(
            "What Confluent's own serializers wrote becomes JSON text and comes back",
            arguments: ["avro", "json", "protobuf"])
        func confluent(format: String) async throws {
            let vault = try await TestVault.start()
            defer { vault.stop() }
            let registry = try StubRegistry()
            let fields =
                format == "avro"
                ? Self.avroFields
                : ["name", "age", "tags[*]", "address.street"]
                    + (format == "protobuf" ? ["photo", "country", "born", "scores[1]"] : [])
            var file = PairsFile(
                vault: vault, fields: fields.enumerated().map { ($1, $0 % 3 == 0 ? "money" : "pii") })
            file.top = "schemaRegistry: {url: \"\(registry.url)\"}"
            file.encrypt = "schemaDataMode: convert_json\n      format: \(format == "json" ? "json_schema" : format)"
            let records = try await PythonTool.run(
                "confluent_samples.py",
                [
                    "--registry", registry.url, "--format", format, "--topic", "raw", "--count", "100", "--seed",
                    "20261125", "--schema", PythonTool.folder.appending(path: "sample.avsc").path,
                ]
            ).map(TransformLine.init(parsing:))
            let sealed = try await Self.expectOpens(records, file, vault, reader: ["--registry", registry.url])
            // Their encodings need no original, so several keys do no harm.
            #expect(sealed.allSatisfy { $0.value?.first == UInt8(ascii: "{") && $0.headers?.count == 2 })
            withExtendedLifetime(registry) {}
        }

        @Test(
            "Whole keys and values by each compression, and headers",
            arguments: ["none", "gzip", "snappy", "lz4", "zstd"], ["AES256_GCM", "AES128_CTR_HMAC_SHA256"])
        func payloads(compression: String, algorithm: String) async throws {
            let vault = try await TestVault.start()
            defer { vault.stop() }
            var file = PairsFile(vault: vault, fields: [])
            func payload(_ key: String) -> String {
                #"payload: {keySecretId: "\#(vault.key(key))", algorithm: \#(algorithm)}"#
            }
            file.sealing = """
                recordValue: {\(payload("pii")), compressionType: \(compression)}
                      recordKey: {\(payload("money")), compressionType: \(compression)}
                      recordHeader: [{header: "x-.*", \(payload("pii"))}, {header: "ü ?", \(payload("acme"))}]
                """
            file.encrypt = "format: bytes"
            let headers: [(name: String, value: String?)] = [
                ("x-a", "one"), ("t", "clear"), ("x-a", nil), ("ü ", "u"), ("x-a", ""), ("x-", "two"), ("ü", "v"),
            ]
            let records = [
                TransformLine(key: "k", String(repeating: "compressible ", count: 10_000), headers: headers),
                TransformLine(key: String(repeating: "key", count: 1_000), "\u{0}ü", headers: headers),
                TransformLine(key: "", ""), TransformLine(key: nil, "value"), TransformLine(key: "gone", nil),
            ]
            try await Self.expectOpens(records, file, vault)
        }

        @Test("Fields of keys, in JSON and in Avro, beside those of values")
        func keys() async throws {
            let vault = try await TestVault.start()
            defer { vault.stop() }
            var file = PairsFile(vault: vault, fields: [])
            func fields(_ path: String) -> String {
                #"fields: [{fieldName: \#(path), keySecretId: "\#(vault.key("pii"))"}]"#
            }
            file.sealing = """
                recordValue: {\(fields("ssn"))}
                      recordKey: {\(fields("id"))}
                """
            try await Self.expectOpens(
                [
                    TransformLine(key: #"{"id": 7, "kind":"c"}"#, #"{"ssn":"1"}"#),
                    TransformLine(key: #"{"id":null}"#, #"{"ssn":null}"#), TransformLine(key: nil, "{}"),
                    TransformLine(key: #"{"id":"x"}"#, nil),
                ], file, vault)
            let folder = try ServerProcess.makeFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let schema = folder.appending(path: "key.avsc").path
            try #"{"type":"record","name":"K","fields":[{"name":"id","type":"int"},{"name":"s","type":"string"}]}"#
                .write(toFile: schema, atomically: true, encoding: .utf8)
            file.sealing = "recordKey: {format: avro, schemaFile: \(schema), \(fields("id"))}"
            file.decrypt += ", recordKey: {schemaFile: \(schema)}"
            try await Self.expectOpens(
                [TransformLine(key: "\u{0E}\u{06}abc", "v"), TransformLine(key: nil, nil)], file, vault,
                reader: ["--key-schema", schema])
        }

        private static func samples(_ words: [String]) async throws -> [TransformLine] {
            try await PythonTool.run("avro_samples.py", words).map(TransformLine.init(parsing:))
        }

        /// Seals, has the stranger open what came out, and opens it with the command too; returns what was sealed.
        @discardableResult
        private static func expectOpens(
            _ records: [TransformLine], _ file: PairsFile, _ vault: TestVault, reader words: [String] = [],
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws -> [TransformLine] {
            let environment = ["VAULT_TOKEN": vault.token]
            let (sealed, outcome) = try await FieldsealCommand.transform(
                records, by: "seal", of: file, environment: environment)
            try #require(
                outcome.status == 0, "\(outcome.errors)\(sealed.compactMap(\.error))", sourceLocation: sourceLocation)
            let opened = try await PythonTool.run(
                "wire_format_reader.py", ["--topic", "sealed", "--vault", vault.uri] + words, input: outcome.output,
                environment: environment
            ).map(TransformLine.init(parsing:))
            #expect(firstDifference(opened.map { $0.inNoTopic() }, records) == nil, sourceLocation: sourceLocation)
            let (again, _) = try await FieldsealCommand.transform(
                sealed, by: "open", of: file, environment: environment)
            #expect(firstDifference(again.map { $0.inNoTopic() }, records) == nil, sourceLocation: sourceLocation)
            return sealed
        }
    }
}

/// The place of the first element in which two lists differ; nil where they are equal.
func firstDifference<Element: Equatable>(_ left: [Element], _ right: [Element]) -> Int? {
    if let index = zip(left, right).enumerated().first(where: { $1.0 != $1.1 })?.offset { return index }
    return left.count == right.count ? nil : min(left.count, right.count)
}
