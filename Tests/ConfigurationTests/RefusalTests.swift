import Foundation
import Testing

/// The cases of `Refusals.txt`.
struct Refusal: CustomTestStringConvertible {
    var name = ""
    var old = ""
    var new = ""
    var lines: [String] = []

    var testDescription: String { name }

    static let all: [Refusal] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Refusals.txt")
        let text = try! String(contentsOf: file, encoding: .utf8)
        return text.components(separatedBy: "\n## ").dropFirst().map(Refusal.init)
    }()

    private init(block: String) {
        let lines = block.components(separatedBy: "\n")
        name = lines[0]
        for line in lines.dropFirst() {
            let content = String(line.dropFirst(2))
            switch line.first {
            case "-": old = Self.unescaped(content)
            case "+": new = Self.unescaped(content)
            case "=": self.lines.append(content)
            default: precondition(line.isEmpty, "unknown line: \(line)")
            }
        }
    }

    private static func unescaped(_ text: String) -> String {
        text.components(separatedBy: "\\\\").map { $0.replacingOccurrences(of: "\\n", with: "\n") }
            .joined(separator: "\\")
    }
}

@Suite struct RefusalTests {
    private static let schema = #"{"type": "record", "name": "R", "fields": [{"name": "other", "type": "string"}]}"#

    @Test("What a file holds is refused in these words", arguments: Refusal.all)
    func refusal(_ refusal: Refusal) {
        let file = ConfigurationFile(
            replacing: refusal.old, with: refusal.new, environment: ["SECRET": "hunter2 secret!"],
            files: ["secret.txt": "hunter2 secret!\n", "t.avsc": Self.schema])
        let diagnostics = file.diagnostics
        #expect(diagnostics == refusal.lines)
        #expect(diagnostics.contains { $0.contains(": error: ") })
        #expect(diagnostics.allSatisfy { !$0.contains("hunter2") && !$0.contains("s3cr3t") })
    }

    @Test("The cases are all read")
    func count() {
        #expect(Refusal.all.count > 90)
    }
}
