import Testing

@testable import KeyManagement

@Suite struct KeySecretIDTests {
    @Test(
        arguments: [
            ("vault-kms://vault:8200/transit/keys/pii", .vault(host: "vault:8200", mount: "transit", name: "pii")),
            (
                "vault-kms://[::1]:8200/team/a/transit/keys/p-1",
                .vault(host: "[::1]:8200", mount: "team/a/transit", name: "p-1")
            ),
            ("vault-kms://vault/keys/keys/keys", .vault(host: "vault", mount: "keys", name: "keys")),
            (
                "aws-kms://arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                .aws(
                    arn: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                    region: "eu-west-1")
            ),
            (
                "aws-kms://arn:aws-cn:kms:cn-north-1:111122223333:alias/team/pii",
                .aws(arn: "arn:aws-cn:kms:cn-north-1:111122223333:alias/team/pii", region: "cn-north-1")
            ),
            (
                "gcp-kms://projects/p/locations/global/keyRings/r/cryptoKeys/k",
                .gcp(resource: "projects/p/locations/global/keyRings/r/cryptoKeys/k")
            ),
            ("azure-kms://v.vault.azure.net/keys/pii", .azure(host: "v.vault.azure.net", name: "pii", version: nil)),
            (
                "azure-kms://v.vault.azure.net/keys/pii/0a1b",
                .azure(host: "v.vault.azure.net", name: "pii", version: "0a1b")
            ),
            ("in-memory-kms://dev", .inMemory(name: "dev")),
        ] as [(String, KeySecretID.Address)])
    func anAddressIsTakenApartAndKeptAsWritten(text: String, address: KeySecretID.Address) throws {
        let id = try KeySecretID(parsing: text)
        #expect(id.address == address)
        #expect(id.text == text)
        #expect(text.hasPrefix(id.provider.prefix))
    }

    @Test(arguments: ["", "pii", "kms://x", "VAULT-KMS://v/transit/keys/x", "vault-kms:/v/transit/keys/x", "gcp://x"])
    func anUnknownPrefixIsAnErrorThatListsTheKnownOnes(text: String) {
        #expect(throws: KeySecretError.unknownPrefix(text: text)) { try KeySecretID(parsing: text) }
        let said = KeySecretError.unknownPrefix(text: text).description
        for provider in KeyManagementProvider.allCases { #expect(said.contains(provider.prefix)) }
    }

    @Test(arguments: [
        "vault-kms://", "vault-kms://vault", "vault-kms://vault/transit/pii", "vault-kms://vault/keys/pii",
        "vault-kms:///transit/keys/pii", "vault-kms://vault//keys/pii", "vault-kms://vault/transit/keys/",
        "vault-kms://vault/transit/keys/a/b", "vault-kms://vault/../sys/keys/a", "vault-kms://vault/transit/keys/..",
        "vault-kms://vault/transit/keys/a b", "vault-kms://vault/transit/keys/a?x",
        "vault-kms://vault/transit/keys/a#x",
        "vault-kms://vault/transit/keys/a%2f", "vault-kms://vault/transit/keys/ä", "vault-kms://u@vault/transit/keys/a",
        "vault-kms://vault:0/transit/keys/a", "vault-kms://vault:65536/transit/keys/a",
        "vault-kms://vault:/transit/keys/a", "vault-kms://vault:x/transit/keys/a", "vault-kms://[::1/transit/keys/a",
        "vault-kms://vault/transit/keys/a\n", "vault-kms://vault/transit/keys/a\0", "vault-kms://[]/transit/keys/a",
        "aws-kms://", "aws-kms://1234abcd", "aws-kms://arn:aws:s3:eu-west-1:111122223333:key/a",
        "aws-kms://arn:aws:kms:eu-west-1:111122223333:a", "aws-kms://arn:aws:kms:eu-west-1:111122223333:key/a/b",
        "aws-kms://arn:aws:kms:eu-west-1:111122223333:role/a", "aws-kms://arn:aws:kms::111122223333:key/a",
        "aws-kms://arn:aws:kms:eu-west-1:account:key/a", "aws-kms://arn:nope:kms:eu-west-1:111122223333:key/a",
        "gcp-kms://projects/p/locations/l/keyRings/r", "gcp-kms://projects/p/locations/l/keyRings/r/cryptoKeys/",
        "gcp-kms://projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
        "azure-kms://v/keys", "azure-kms://v/secrets/a", "azure-kms://v/keys/a/1/2", "azure-kms://v/keys/a/",
        "in-memory-kms://", "in-memory-kms://a/b", "in-memory-kms://a{b",
    ])
    func aMalformedAddressIsRefused(text: String) {
        #expect {
            try KeySecretID(parsing: text)
        } throws: { error in
            guard case .malformed(text, let reason)? = error as? KeySecretError else { return false }
            return !reason.isEmpty
        }
    }

    @Test func anAddressMayHave1024BytesAndNoMore() throws {
        let prefix = "in-memory-kms://"
        let longest = prefix + String(repeating: "a", count: 1024 - prefix.utf8.count)
        #expect(try KeySecretID(parsing: longest).text == longest)
        #expect(throws: KeySecretError.self) { try KeySecretID(parsing: longest + "a") }
    }

    @Test func anErrorAboutHostileTextIsOneShortPrintableLine() {
        let hostile = "vault-kms://" + String(repeating: "\n\u{1B}[31m\u{202E}", count: 5_000)
        #expect {
            try KeySecretID(parsing: hostile)
        } throws: { error in
            let said = "\(error)"
            return said.utf8.count < 1_000 && said.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        }
    }

    @Test func bytesThatAreNoUTF8AreRefused() {
        let bytes = Array("in-memory-kms://a".utf8) + [0xFF]
        #expect(throws: KeySecretError.self) { try bytes.withUnsafeBytes { try KeySecretID(parsing: $0) } }
    }

    @Test func noBytesMakeTheParserFailOtherwiseThanByAnError() {
        var generator = SeededGenerator(seed: 11)
        let alphabet =
            Array("vault-kms:/[]{}.*aws-kms://arn:aws:kms:gcp-azure-in-memory-kms://keys\"\\\0\u{7F}".utf8) + [
                0xFF, 0xC3,
            ]
        for _ in 0..<20_000 {
            let prefix = KeyManagementProvider.allCases.randomElement(using: &generator)!.prefix
            let rest = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator)!
            }
            let bytes = Array(prefix.utf8) + rest
            guard let id = try? bytes.withUnsafeBytes({ try KeySecretID(parsing: $0) }) else { continue }
            #expect(Array(id.text.utf8) == bytes)
            #expect(!id.nameRange.isEmpty && id.nameRange.upperBound <= bytes.count)
        }
    }
}
