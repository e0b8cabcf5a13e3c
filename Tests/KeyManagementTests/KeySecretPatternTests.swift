import Testing

@testable import KeyManagement

@Suite struct KeySecretPatternTests {
    private func matches(_ pattern: KeySecretPattern, _ kek: String) -> Bool {
        Array(kek.utf8).withUnsafeBytes { pattern.matches($0) }
    }

    @Test(arguments: [
        ("vault-kms://v:8200/transit/keys/*", "vault-kms://v:8200/transit/keys/pii", true),
        ("vault-kms://v:8200/transit/keys/*", "vault-kms://v:8200/transit/keys/a/b", false),
        ("vault-kms://v:8200/transit/keys/*", "vault-kms://v:8200/transit/keys/", true),
        ("vault-kms://v:8200/transit/keys/*", "vault-kms://v:8200/transit/keys", false),
        ("vault-kms://v:8200/transit/keys/*", "vault-kms://w:8200/transit/keys/pii", false),
        ("vault-kms://v:8200/*/keys/pii", "vault-kms://v:8200/transit/keys/pii", true),
        ("vault-kms://v:8200/*/keys/pii", "vault-kms://v:8200/a/b/keys/pii", false),
        ("vault-kms://v*/transit/keys/pii", "vault-kms://v:8200/transit/keys/pii", false),
        ("in-memory-kms://a*b*c", "in-memory-kms://abc", true),
        ("in-memory-kms://a*b*c", "in-memory-kms://a-b-b-c-c", true),
        ("in-memory-kms://a*b*c", "in-memory-kms://acb", false),
        ("in-memory-kms://a*b*c", "in-memory-kms://abcd", false),
        ("in-memory-kms://a", "in-memory-kms://a", true),
        ("in-memory-kms://a", "in-memory-kms://ab", false),
        ("in-memory-kms://a", "in-memory-kms://", false),
        ("in-memory-kms://a", "", false),
        ("aws-kms://arn:aws:kms:*:1:key/*", "aws-kms://arn:aws:kms:eu-west-1:1:key/a", true),
        ("aws-kms://arn:aws:kms:*:1:key/*", "aws-kms://arn:aws:kms:eu-west-1:2:1:key/a", false),
    ])
    func aStarStandsForPartOfOneSegment(pattern: String, kek: String, expected: Bool) throws {
        #expect(matches(try KeySecretPattern(parsing: pattern), kek) == expected)
    }

    @Test(arguments: ["*", "vault-kms://*", "*://v/transit/keys/a", "vault-kms://v/transit/keys/a b", "foo://*", ""])
    func aPatternThatCanBeNoAddressIsRefused(text: String) {
        #expect(throws: KeySecretError.self) { try KeySecretPattern(parsing: text) }
    }

    @Test func aTemplatesPartsBecomeStars() throws {
        let template = try KeySecretTemplate(
            parsing: "vault-kms://v/transit/keys/t-{{record.header.tenant}}-{{record.key}}")
        let pattern = KeySecretPattern(template: template)
        #expect(pattern.text == "vault-kms://v/transit/keys/t-*-*")
        #expect(matches(pattern, "vault-kms://v/transit/keys/t-acme-1"))
        #expect(!matches(pattern, "vault-kms://v/transit/keys/acme-1"))
        #expect(pattern == (try KeySecretPattern(parsing: pattern.text)))
    }

    @Test func matchingAgreesWithADirectReadingOfTheRule() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<20_000 {
            let pattern = Self.random("ab*", 8, &generator)
            let text = Self.random("ab/:", 8, &generator)
            guard let parsed = try? KeySecretPattern(parsing: "in-memory-kms://x" + pattern) else { continue }
            let expected = Self.slowly(Array(pattern.utf8)[...], Array(text.utf8)[...])
            #expect(matches(parsed, "in-memory-kms://x" + text) == expected, "\(pattern) \(text)")
        }
    }

    @Test func aHostileAddressIsMatchedInBoundedTime() throws {
        let stars = String(repeating: "a*", count: 400)
        let pattern = try KeySecretPattern(parsing: "in-memory-kms://" + stars + "b")
        #expect(!matches(pattern, "in-memory-kms://" + String(repeating: "a", count: 1_000)))
        #expect(!matches(pattern, String(repeating: "a", count: 10_000_000)))
    }

    private static func random(_ alphabet: String, _ longest: Int, _ generator: inout SeededGenerator) -> String {
        String(
            (0..<Int.random(in: 0...longest, using: &generator)).map { _ in alphabet.randomElement(using: &generator)! }
        )
    }

    private static func slowly(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            if slowly(pattern.dropFirst(), text) { return true }
            guard let next = text.first, next != UInt8(ascii: "/"), next != UInt8(ascii: ":") else { return false }
            return slowly(pattern, text.dropFirst())
        }
        return text.first == first && slowly(pattern.dropFirst(), text.dropFirst())
    }
}
