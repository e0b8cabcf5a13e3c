import Testing

@testable import Configuration

/// SplitMix64 (Steele et al., 2014), so that a failure can be repeated.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct MutationTests {
    private static let pieces = [
        "*", "&a", "*a", "<<:", "!x", "{", "}", "[", "]", "- ", "? ", ": ", "\n", "\t", "\"", "'", "#", "|", ">", "%",
        "@",
        "${", "${X}", "$${", "{file: x}", "~", "null", "-1", "99999999999999999999", "\u{0}", "\u{FEFF}", "\u{E000}",
        "é",
        "{{record.value.ssn}}", "{{", "vault-kms://", "---\n", "...\n", "encrypt: {}", "pairs", "\r\n", "\u{2028}",
    ]

    @Test(
        "However a valid file is changed, it is accepted or refused with a place and without its secrets",
        arguments: 0..<20)
    func mutations(_ seed: UInt64) {
        var generator = Generator(state: seed)
        var refused = 0
        for _ in 0..<60 {
            let text = Self.mutated(&generator)
            do throws(ConfigurationError) {
                _ = try FieldsealConfiguration.load(
                    text: text, file: "t.yaml", directory: "/nowhere", environment: ["X": "hunter2"])
            } catch {
                refused += 1
                #expect(error.diagnostics.contains { $0.severity == .error })
                #expect(error.diagnostics.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.message.isEmpty })
                #expect(!error.description.contains("hunter2"), "\(text)")
                let marks = error.diagnostics.map { SourceMark(line: $0.line, column: $0.column) }
                #expect(marks == marks.sorted())
            }
        }
        #expect(refused > 0)
    }

    private static func mutated(_ generator: inout Generator) -> String {
        var scalars = Array(ConfigurationFile.valid.unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let start = Int.random(in: 0...scalars.count, using: &generator)
            let end = Int.random(in: start...min(scalars.count, start + 40), using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: scalars.removeSubrange(start..<end)
            case 1: scalars.insert(contentsOf: scalars[start..<end], at: start)
            case 2: scalars.replaceSubrange(start..<end, with: pieces.randomElement(using: &generator)!.unicodeScalars)
            default: scalars.insert(contentsOf: pieces.randomElement(using: &generator)!.unicodeScalars, at: start)
            }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
