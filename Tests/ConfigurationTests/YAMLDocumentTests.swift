import Testing

@testable import Configuration

@Suite struct YAMLDocumentTests {
    @Test("Anchors and aliases repeat what was written before")
    func aliases() throws {
        let file = ConfigurationFile(
            """
            kafka: {bootstrap.servers: &host "localhost:9092"}
            kms: {vault: {uri: "http://localhost:8200", token: s3cr3t}}
            pairs:
              - name: one
                source: &in in
                target: out
                kafka: {client.id: *host }
                decrypt: &rules {keks: ["vault-kms://localhost:8200/transit/keys/*"]}
              - {name: two, source: *in, target: other, decrypt: *rules}
            """)
        let pairs = try file.configuration().pairs
        #expect(pairs[0].topics.kafka.common["client.id"] == "localhost:9092")
        #expect(pairs[1].topics.source == "in")
    }

    @Test("An error in what an alias repeats is told where the alias stands")
    func aliasMark() {
        let file = ConfigurationFile(replacing: "pairs:\n", with: "instance: &x a b\nonShutdown: *x\npairs:\n")
        #expect(file.diagnostics.map { $0.prefix(12) } == ["3:11: error:", "4:13: error:"])
    }

    @Test("A star in text stays a star")
    func stars() throws {
        let file = ConfigurationFile(replacing: "fieldName: ssn", with: "fieldName: a[*].b.* # a * and *alias")
        guard case .encrypt(let rules) = try file.configuration().pairs[0].topics.action else { return }
        #expect(rules.value.fields[0].path.description == "a[*].b.*")
    }

    @Test("Aliases that stand for very many values are refused at once", arguments: Bomb.allCases)
    func bombs(_ bomb: Bomb) {
        let diagnostics = ConfigurationFile(bomb.text).diagnostics.map { $0.prefix(200) }
        #expect(diagnostics.count == 1)
        #expect(diagnostics.first?.hasSuffix(bomb.message) == true, "\(diagnostics)")
    }

    enum Bomb: CaseIterable {
        /// Each level holds the one before it twice.
        case doubling
        /// The same in keys, whose hashes alone would take for ever.
        case doublingKeys
        /// One value, repeated very often.
        case repeating

        var text: String {
            let levels = (0..<60).map { "&a\($0) [\($0 == 0 ? "x, x" : "*a\($0 - 1), *a\($0 - 1)")]\n" }
            return switch self {
            case .doubling: levels.enumerated().map { "k\($0.offset): \($0.element)" }.joined()
            case .doublingKeys: levels.map { "? \($0): x\n" }.joined()
            case .repeating:
                "a: &a [\(String(repeating: "x,", count: 99))]\nb: [\(String(repeating: "*a ,", count: 2_000))]\n"
            }
        }

        var message: String {
            switch self {
            case .doublingKeys: "a key must be a plain name, not a list, a mapping or an alias"
            case .doubling, .repeating: "stands for more than 100000 values, its aliases counted in full"
            }
        }
    }

    @Test("Deep nesting is refused", arguments: ["[", "{a: ", "- ", "? "])
    func depth(_ opening: String) {
        for count in [100, 100_000] {
            let diagnostics = ConfigurationFile(String(repeating: opening, count: count)).diagnostics
            #expect(diagnostics.count == 1)
        }
        let nested = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(ConfigurationFile(nested).diagnostics == ["1:66: error: nested more than 64 deep"])
    }

    @Test(
        "What is no single mapping in UTF-8 is refused",
        arguments: ["", "---\n", "a", "- a", "{}\n---\n{}\n", "\0", "\u{1}"])
    func notAMapping(_ text: String) {
        #expect(!ConfigurationFile(text).diagnostics.isEmpty)
    }

    @Test("A file longer than 1 MiB is refused")
    func length() throws {
        let path = "/dev/zero"
        let error = #expect(throws: ConfigurationError.self) {
            try FieldsealConfiguration.load(path: path, environment: [:])
        }
        #expect(
            error?.description
                == "/dev/zero:1:1: error: can't read the configuration: it is longer than 1048576 bytes")
    }
}
