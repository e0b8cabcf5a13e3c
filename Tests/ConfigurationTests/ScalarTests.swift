import Testing

@testable import Configuration

@Suite struct ScalarTests {
    @Test(
        "Variables are replaced, and $${ stands for ${",
        arguments: [
            ("${A}", "one"), ("x-${A}-${B}.y", "x-one-two.y"), ("$${A}", "${A}"), ("$", "$"), ("$A", "$A"),
            ("$$", "$$"),
            ("$$A", "$$A"), ("$${A}${A}$", "${A}one$"), ("${EMPTY}", ""), ("a$b${A}", "a$bone"), ("${C}", "${A}"),
        ])
    func variables(_ text: String, _ expected: String) throws {
        let scalars = ScalarSource(
            environment: ["A": "one", "B": "two", "C": "${A}", "EMPTY": ""], directory: ".")
        let found = try scalars.resolve(ConfigurationNode(.scalar(text), at: .start))
        #expect(found.text == expected)
        #expect(found.shown == text)
    }

    @Test("A value from a file keeps all but one newline at its end, and is not expanded")
    func files() throws {
        for (content, expected) in [("a\n", "a"), ("a\n\n", "a\n"), ("a", "a"), ("${A}\r\n", "${A}"), ("\n", "")] {
            let file = ConfigurationFile(
                replacing: "\"localhost:9092\"", with: "x, client.id: {file: \"${DIR}/value\"}",
                environment: ["DIR": "sub"], files: ["sub/value": content])
            #expect(try file.configuration().pairs[0].topics.kafka.common["client.id"] == expected)
        }
    }

    @Test("A file that is no text is refused")
    func noText() {
        let file = ConfigurationFile(
            replacing: "\"localhost:9092\"", with: "x, client.id: {file: value}", files: ["value": "a\0b"])
        #expect(
            file.diagnostics == [
                "1:42: error: kafka.client.id: can't read the file \"value\": it is not text in UTF-8; allowed: one value"
            ])
    }

    @Test("The nearest name is found by how few letters differ")
    func nearest() {
        let names = ["source", "target", "targetTopic", "workers"]
        #expect(nearestName(to: "sourec", among: names) == "source")
        #expect(nearestName(to: "Target", among: names) == "target")
        #expect(nearestName(to: "target_topic", among: names) == "targetTopic")
        #expect(nearestName(to: "worker", among: names) == "workers")
        #expect(nearestName(to: "elephant", among: names) == nil)
        #expect(nearestName(to: "", among: names) == nil)
        #expect(nearestName(to: String(repeating: "a", count: 100_000), among: names) == nil)
    }

    @Test("What a terminal would obey is shown escaped")
    func escapes() {
        #expect(printable("a\u{1B}[31m\n\u{202E}b") == "a\\u{1b}[31m\\u{a}\\u{202e}b")
        #expect(printable("abc", limit: 2) == "ab...")
    }

    @Test(
        "An address is read strictly",
        arguments: [
            "http://", "http://a b", "http://a@b", "http://a:0", "http://a:65536", "http://a:+1", "http://a:",
            "http://[::1",
            "http://[g]", "http://a/?b", "http://a/#b", "http://a\\b", "http://é", "HTTP:/a", "//a", "http://a/%2e",
            "http://[]",
        ])
    func malformedAddresses(_ text: String) {
        #expect(HTTPAddress(parsing: text) == nil)
    }

    @Test("This machine is known by its addresses, not by what looks like them")
    func loopback() {
        let here = ["http://localhost", "http://LOCALHOST:1/x", "http://127.0.0.1", "http://[::1]:80"]
        let elsewhere = [
            "http://localhost.", "http://127.0.0.1.x", "http://127.1", "http://127.0.0.01", "http://127.0.0.256",
            "http://[::2]",
            "http://localhost.example", "http://0x7f.0.0.1",
        ]
        #expect(here.allSatisfy { HTTPAddress(parsing: $0)?.isLoopback == true })
        #expect(elsewhere.allSatisfy { HTTPAddress(parsing: $0)?.isLoopback == false })
    }
}
