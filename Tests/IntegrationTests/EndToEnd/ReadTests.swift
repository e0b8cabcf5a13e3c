import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("A look at a single record")
    struct ReadTests {
        private static let secret = "078-05-1120"
        private static let readerToken = "the-reader-s-token"
        private static let operatorToken = "the-operator-s-token"

        private struct World {
            let broker: TestBroker
            let vault: TestVault
            let port: Int
            let file: PairsFile
            var environment: [String: String] { ["VAULT_TOKEN": vault.token] }
        }

        /// A topic with three sealed records, and a file that allows looks or not.
        private func withWorld(
            allowsReading: Bool = true, decrypt: String = "errorPolicy: fail", _ body: (World) async throws -> Void
        ) async throws {
            let broker = try await TestBroker.start()
            defer { broker.stop() }
            let vault = try await TestVault.start()
            defer { vault.stop() }
            try broker.createTopic("raw")
            let port = try FreePort.find()
            var file = PairsFile(vault: vault, broker: broker, fields: [("ssn", "pii"), ("name", "pii")])
            file.instance = "reader"
            file.decrypt = decrypt
            file.top = """
                audit: {topic: audit, required: true}
                admin:
                  listen: "127.0.0.1:\(port)"
                  \(allowsReading ? "allowRead: true" : "")
                  tokens:
                    - {name: eve, role: reader, token: \(Self.readerToken)}
                    - {name: ann, role: operator, token: \(Self.operatorToken)}
                """
            let world = World(broker: broker, vault: vault, port: port, file: file)
            try broker.write(
                (0..<3).map {
                    TestRecord(key: "k\($0)", value: #"{"id":\#($0),"ssn":"\#(Self.secret)","name":"Ann"}"#)
                }, to: "raw")
            let seal = try FieldsealCommand(
                ["run", "--pair", "seal"], configuration: sealing(file).text, environment: world.environment)
            try await expectEventually { try broker.read("sealed").count == 3 }
            #expect(try await seal.stop().status == 0)
            try await body(world)
        }

        /// The same file for the pair that seals, whose process needs no listener.
        private func sealing(_ file: PairsFile) -> PairsFile {
            var file = file
            file.top = ""
            return file
        }

        private func read(_ world: World, _ words: [String]) async throws -> FieldsealCommand.Outcome {
            try await FieldsealCommand.run(
                ["read", "--pair", "open", "--as", "bob", "--reason", "INC-7"] + words, configuration: world.file.text,
                environment: world.environment)
        }

        private func value(of line: [UInt8]) throws -> String {
            let members = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            let text = try #require(members?["value"] as? String)
            return String(decoding: try #require(Data(base64Encoded: text)), as: UTF8.self)
        }

        private func looks(_ world: World) throws -> [[String: Any]] {
            try world.broker.read("audit").compactMap(\.value)
                .compactMap { try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] }
                .filter { $0["kind"] as? String == "record_read" }
        }

        @Test("The command prints the record, or some of its fields, and says who looked and why")
        func command() async throws {
            try await withWorld { world in
                let all = try await read(world, ["--partition", "0", "--offset", "1"])
                #expect(all.status == 0, "\(all.errors)")
                #expect(try value(of: all.output) == #"{"id":1,"ssn":"\#(Self.secret)","name":"Ann"}"#)
                let text = String(decoding: all.output, as: UTF8.self)
                #expect(
                    text.hasPrefix(
                        #"{"topic":"sealed","partition":0,"offset":1,"timestamp":1700000000000,"key":"azE=","#))
                let some = try await read(world, ["--partition", "0", "--offset", "2", "--fields", "name"])
                let opened = try value(of: some.output)
                #expect(opened.contains(#""name":"Ann""#) && !opened.contains(Self.secret), "\(opened)")
                let events = try looks(world)
                #expect(events.map { $0["offset"] as? Int } == [1, 2])
                #expect(events.allSatisfy { $0["actor"] as? String == "bob" && $0["purpose"] as? String == "INC-7" })
                #expect((events.last?["details"] as? [String: String]) == ["fields": "name"])
                let audit = try world.broker.read("audit").compactMap(\.text).joined()
                #expect(!(audit + all.errors + some.errors).contains(Self.secret))
            }
        }

        @Test("What can't be shown is said, with an exit code for each kind")
        func refusals() async throws {
            try await withWorld(decrypt: "errorPolicy: fail, recordValueFields: [name]") { world in
                let cases: [(words: [String], status: Int32, sentence: String)] = [
                    (["--partition", "0", "--offset", "99"], 3, "the next one will have offset"),
                    (["--partition", "0", "--offset", "3"], 3, "it is the mark of a transaction"),
                    (["--partition", "7", "--offset", "0"], 2, "the topic has 1 partitions"),
                    (["--partition", "0", "--offset", "0", "--fields", "ssn"], 2, "the pair does not open ssn"),
                    (["--partition", "0", "--offset", "0", "--fields", "a..b"], 2, "error: "),
                    (["--partition", "0", "--offset", "0", "--topic", "raw"], 2, "reads 'sealed' and no other"),
                    (["--partition", "0", "--offset=-1"], 2, "counted from 0"),
                    (["--pair", "seal", "--partition", "0", "--offset", "0"], 2, "its source is plain"),
                ]
                for (words, status, sentence) in cases {
                    let outcome = try await read(world, words)
                    #expect(
                        outcome.status == status && outcome.errors.contains(sentence), "\(words): \(outcome.errors)")
                    #expect(outcome.output.isEmpty)
                }
                try world.broker.deleteRecords(of: "sealed", partition: 0, before: 2)
                let gone = try await read(world, ["--partition", "0", "--offset", "0"])
                #expect(
                    gone.status == 3 && gone.errors.contains("the first that is there has offset 2"), "\(gone.errors)")
                try world.broker.write([TestRecord(value: #"{"ssn":"plain"}"#)], to: "sealed")
                let plain = try await read(world, ["--partition", "0", "--offset", "4"])
                #expect(plain.status == 3 && plain.errors.contains("has no envelope"), "\(plain.errors)")
                #expect(plain.output.isEmpty)
            }
        }

        @Test("Where it is not allowed nobody looks, and nothing is asked of Kafka")
        func off() async throws {
            try await withWorld(allowsReading: false) { world in
                let outcome = try await read(world, ["--partition", "0", "--offset", "1"])
                #expect(outcome.status == 5 && outcome.errors.contains("admin.allowRead: true"), "\(outcome.errors)")
                #expect(try looks(world).isEmpty)
            }
        }

        /// What curl says of a look: the status, the headers, and the body.
        private func curl(
            _ world: World, _ path: String, token: String? = readerToken
        ) throws -> (status: Int, headers: String, body: String) {
            let header = token.map { ["-H", "Authorization: Bearer \($0)"] } ?? []
            let run = try CommandRun(
                ["curl", "-sS", "-i", "--max-time", "20", "http://127.0.0.1:\(world.port)/v1/pairs/\(path)"] + header)
            let text = String(decoding: run.output, as: UTF8.self)
            let parts = text.components(separatedBy: "\r\n\r\n")
            let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return (status, parts.first ?? "", parts.dropFirst().joined(separator: "\r\n\r\n"))
        }

        @Test("A reader sees a record over HTTP; nobody else does, and hostile requests are refused")
        func http() async throws {
            try await withWorld { world in
                let command = try FieldsealCommand(
                    ["run", "--pair", "open"], configuration: world.file.text, environment: world.environment)
                try await expectEventually { (try? curl(world, "open/records/0/0?reason=x"))?.status == 200 }
                let seen = try curl(world, "open/records/0/1?reason=INC%208&fields=ssn")
                #expect(seen.status == 200 && seen.headers.lowercased().contains("cache-control: no-store"))
                #expect(try value(of: Array(seen.body.utf8)).contains(Self.secret))
                #expect(try !value(of: Array(seen.body.utf8)).contains("Ann"))
                let look = try #require(try looks(world).last)
                #expect(look["actor"] as? String == "eve" && look["purpose"] as? String == "INC 8")
                #expect(try curl(world, "open/records/0/1?reason=x", token: Self.operatorToken).status == 403)
                #expect(try curl(world, "open/records/0/1?reason=x", token: nil).status == 401)
                #expect(try curl(world, "open/records/0/1?reason=x", token: "another-token-here").status == 401)
                let count = try looks(world).count
                let refusals: [(String, Int)] = [
                    ("open/records/0/1", 400), ("open/records/0/1?reason=%0a", 400),
                    ("open/records/-1/1?reason=x", 400),
                    ("open/records/0/9223372036854775807?reason=x", 400), ("open/records/0/x?reason=x", 400),
                    ("open/records/99999999999/0?reason=x", 400), ("open/records/0/1?reason=x&fields=a..b", 400),
                    ("open/records/0/1?reason=x&topic=raw", 400), ("open/records/0/1?reason=x&other=1", 400),
                    ("seal/records/0/1?reason=x", 404), ("none/records/0/1?reason=x", 404),
                ]
                for (path, status) in refusals { #expect(try curl(world, path).status == status, "\(path)") }
                #expect(try looks(world).count == count)
                #expect(try curl(world, "open/records/0/99?reason=x").status == 404)
                #expect(try curl(world, "open/records/5/0?reason=x").status == 404)
                let outcome = try await command.stop()
                #expect(outcome.status == 0 && !outcome.errors.contains(Self.secret), "\(outcome.errors)")
            }
        }
    }
}
