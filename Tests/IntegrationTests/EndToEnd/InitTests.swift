import Testing

extension EndToEndTests {
    @Suite("`fieldseal init`")
    struct InitTests {
        private static let environment = [
            "VAULT_TOKEN": "token", "FIELDSEAL_TRIAL_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ]

        @Test(
            "What it writes is a configuration that check accepts, whatever the KMS and the direction",
            arguments: [
                "vault-kms://localhost:8200/transit/keys/customers", "vault-kms://vault.example:8200/a/b/keys/c",
                "aws-kms://arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                "gcp-kms://projects/p/locations/l/keyRings/r/cryptoKeys/k", "azure-kms://pii.vault.azure.net/keys/c",
                "in-memory-kms://trial",
            ], ["encrypt", "decrypt"])
        func accepted(key: String, direction: String) async throws {
            let written = try await FieldsealCommand.run([
                "init", "--bootstrap", "b:9092", "--source", "customers", "--direction", direction, "--key", key,
                "--field", "ssn", "--field", #"accounts[*]."i\"ban""#, "--output", "-",
            ])
            #expect(written.status == 0, "\(written.errors)")
            let text = String(decoding: written.output, as: UTF8.self)
            #expect(!text.contains("token\"") || text.contains("${VAULT_TOKEN}"))
            let check = try await FieldsealCommand.run(["check"], configuration: text, environment: Self.environment)
            #expect(check.status == 0, "\(check.errors)")
            let line = String(decoding: check.output, as: UTF8.self)
            #expect(line.contains(direction == "encrypt" ? "-> customers.encrypted" : "-> customers.clear"), "\(line)")
            #expect(line.contains("ssn"))
        }

        @Test(
            "What can't be used is refused with the reason, and nothing is written",
            arguments: [
                (["--source", "a b", "--field", "x", "--key", "in-memory-kms://k"], "pairs[0].source"),
                (["--source", "a", "--field", "x..y", "--key", "in-memory-kms://k"], "error: "),
                (["--source", "a", "--field", "x", "--key", "foo://k"], "error: "),
                (["--source", "a", "--key", "in-memory-kms://k"], "--field"),
                (["--source", "a", "--field", "x"], "--key"),
                (["--field", "x", "--key", "in-memory-kms://k"], "--source"),
            ])
        func refused(words: [String], sentence: String) async throws {
            let outcome = try await FieldsealCommand.run(["init", "--bootstrap", "b:9092", "--output", "-"] + words)
            #expect(outcome.status == 2 && outcome.errors.contains(sentence), "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
        }

        @Test("In a terminal it asks for what no option says, and an empty answer takes what it proposes")
        func questions() async throws {
            let file = try ServerProcess.makeFolder().appending(path: "asked.yaml").path
            let answers = ["", "", "orders", "", "customer.name, items[*].note", "in-memory-kms://trial"]
            let shown = try await PythonTool.run(
                "terminal.py", [try FieldsealCommand.path, "init", "--output", file],
                input: Array(answers.map { $0 + "\n" }.joined().utf8))
            let text = shown.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
            for words in ["Brokers [localhost:9092]", "Source topic", "Target topic [orders.encrypted]", "Key,"] {
                #expect(text.contains(words), "\(text)")
            }
            let check = try await FieldsealCommand.run(["check", "-c", file], environment: Self.environment)
            #expect(check.status == 0, "\(check.errors)")
            let line = String(decoding: check.output, as: UTF8.self)
            #expect(line.hasPrefix("orders: orders -> orders.encrypted, encrypts customer.name, items[*].note,"))
        }

        @Test("A file that is there stays, unless --force is given")
        func force() async throws {
            let folder = try ServerProcess.makeFolder()
            let file = folder.appending(path: "made.yaml").path
            let words = [
                "init", "--bootstrap", "b:9092", "--source", "a", "--field", "x", "--key", "in-memory-kms://k",
                "--output", file,
            ]
            #expect(try await FieldsealCommand.run(words).status == 0)
            let again = try await FieldsealCommand.run(words)
            #expect(again.status == 2 && again.errors.contains("is there already"))
            #expect(try await FieldsealCommand.run(words + ["--force"]).status == 0)
        }
    }
}
