import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("fieldseal keys test")
    struct KeysTestTests {
        private static let both = """
            path "transit/encrypt/pii" { capabilities = ["update"] }
            path "transit/decrypt/pii" { capabilities = ["update"] }
            """

        /// A file whose both pairs use one key, "pii", with the token of VAULT_TOKEN.
        private func file(_ bao: OpenBao, key: String = "pii") -> PairsFile {
            var file = PairsFile(fields: ["ssn", "banks[*].iban"])
            file.fields = file.fields.map { ($0.path, "vault-kms://\(bao.host)/transit/keys/\(key)") }
            file.kms = #"{vault: {uri: "\#(bao.url)", type: TOKEN, token: "${VAULT_TOKEN}"}}"#
            return file
        }

        private func test(
            _ file: PairsFile, token: String, options: [String] = []
        ) async throws -> (status: Int32, lines: [String]) {
            let outcome = try await FieldsealCommand.run(
                ["keys", "test"] + options, configuration: file.text, environment: ["VAULT_TOKEN": token])
            #expect(!outcome.errors.contains(token))
            return (outcome.status, outcome.lines.map { String(decoding: $0, as: UTF8.self) })
        }

        @Test("A key that can be used is told with the time that it took, once for all its pairs, with 0")
        func fine() async throws {
            let bao = try OpenBao()
            try bao.makeKey("pii")
            let (status, lines) = try await test(file(bao), token: bao.token(policy: Self.both))
            #expect(status == 0)
            #expect(lines.count == 1)
            let line = try #require(lines.first)
            let key = "vault-kms://\(bao.host)/transit/keys/pii"
            #expect(line.hasPrefix("ok \(key) (seal, open): wrap "), "\(line)")
            #expect(line.contains(/wrap [0-9]+\.[0-9] ms; unwrap [0-9]+\.[0-9] ms$/), "\(line)")
        }

        @Test(
            "A missing permission is named, with 5; one that a pair does not need is no failure",
            arguments: [("decrypt", "encrypt"), ("encrypt", "decrypt")])
        func permission(missing: String, granted: String) async throws {
            let bao = try OpenBao()
            try bao.makeKey("pii")
            let token = try bao.token(policy: #"path "transit/\#(granted)/pii" { capabilities = ["update"] }"#)
            let (status, lines) = try await test(file(bao), token: token)
            #expect(status == 5)
            #expect(lines.first?.hasPrefix("failed ") == true)
            #expect(lines.first?.contains("this takes update on transit/\(missing)/pii") == true, "\(lines)")
            let pair = granted == "encrypt" ? "seal" : "open"
            let (own, alone) = try await test(file(bao), token: token, options: ["--pair", pair])
            #expect(own == 0, "\(alone)")
            if pair == "seal" {
                #expect(alone.first?.hasSuffix("; may not unwrap, and need not") == true, "\(alone)")
            } else {
                #expect(alone.first?.hasPrefix("skipped ") == true, "\(alone)")
            }
        }

        @Test("A key that is not there, and a token that is refused, end with 5")
        func refused() async throws {
            let bao = try OpenBao()
            let (status, lines) = try await test(file(bao), token: bao.token(policy: Self.both))
            #expect(status == 5)
            #expect(lines.first?.contains("wrap failed: ") == true, "\(lines)")
            let (wrong, told) = try await test(file(bao), token: "s.wrongwrongwrong")
            #expect(wrong == 5)
            #expect(told.first?.contains("does not accept the credentials") == true, "\(told)")
        }

        @Test(
            "A KMS that is away ends with 4, in time, also for a pair that only opens and need not wrap",
            arguments: ["seal", "open"])
        func away(pair: String) async throws {
            let bao = try OpenBao()
            let file = file(bao)
            bao.stop()
            let (status, lines) = try await test(file, token: "s.any", options: ["--timeout", "500ms", "--pair", pair])
            #expect(status == 4)
            #expect(lines.first?.hasPrefix("failed ") == true, "\(lines)")
        }

        @Test("A key whose name records fill in is skipped")
        func template() async throws {
            let bao = try OpenBao()
            let (status, lines) = try await test(file(bao, key: "{{record.header.tenant}}"), token: "s.any")
            #expect(status == 0)
            #expect(lines.count == 2)
            #expect(
                lines.allSatisfy { $0.hasPrefix("skipped ") && $0.hasSuffix("records fill in its name") }, "\(lines)")
        }

        @Test("With AWS the missing action is named")
        func aws() async throws {
            let aws = try AWSStandIn.moto.get()
            let user = try aws.makeUser(allowing: ["kms:Encrypt"])
            var file = PairsFile(fields: ["ssn"])
            file.fields = [("ssn", "aws-kms://" + (try aws.makeKey()))]
            file.kms = #"{aws: {endpoint: "\#(aws.url)"}}"#
            let outcome = try await FieldsealCommand.run(
                ["keys", "test"], configuration: file.text,
                environment: ["AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret])
            #expect(outcome.status == 5)
            let line = String(decoding: outcome.output, as: UTF8.self)
            #expect(line.contains("; unwrap failed: ") && line.contains("this takes kms:Decrypt on the key"), "\(line)")
        }

        @Test(
            "Wrong usage ends with 2", arguments: [["keys", "test"], ["keys", "test", "--pair", "x"], ["keys", "x"]])
        func usage(arguments: [String]) async throws {
            let memory = PairsFile(fields: ["ssn"])
            let outcome = try await FieldsealCommand.run(
                arguments, configuration: arguments.contains("--pair") ? memory.text : nil)
            #expect(outcome.status == 2)
            #expect(!outcome.errors.isEmpty)
        }
    }
}
