import Foundation
import Testing

@testable import Configuration

@Suite struct ReferenceTests {
    private let path = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/configuration.md").standardizedFileURL

    /// Of the customers that the example is about.
    private static let schema = """
        {"type": "record", "name": "Customer", "fields": [
          {"name": "ssn", "type": "string"},
          {"name": "banks", "type": {"type": "array", "items":
            {"type": "record", "name": "Bank", "fields": [{"name": "iban", "type": "string"}]}}}]}
        """

    @Test("The documentation's example is valid")
    func example() throws {
        let text = try String(contentsOf: path, encoding: .utf8)
        let examples = text.components(separatedBy: "```yaml\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(examples.count == 1)
        for example in examples {
            let file = ConfigurationFile(
                example, environment: ["POD_NAME": "fieldseal-0"],
                files: [
                    "customer.avsc": Self.schema,
                    "secrets/registry-password": "p\n", "secrets/vault-token": "t\n", "secrets/vault-ca.pem": "",
                ])
            #expect(file.diagnostics.isEmpty)
            let pairs = try file.configuration().pairs
            #expect(pairs.map(\.topics.name) == ["customers", "customers-clear"])
        }
    }

    /// To write the reference anew: `FIELDSEAL_WRITE_REFERENCE=1 swift test --filter ReferenceTests`.
    @Test("The documentation's reference is what the tables say")
    func reference() throws {
        let text = try String(contentsOf: path, encoding: .utf8)
        let begin = try #require(text.range(of: "<!-- reference: begin"))
        let start = try #require(text[begin.upperBound...].range(of: "-->\n")).upperBound
        let end = try #require(text.range(of: "<!-- reference: end -->")).lowerBound
        if ProcessInfo.processInfo.environment["FIELDSEAL_WRITE_REFERENCE"] != nil {
            let written = text[..<start] + ConfigurationReference.markdown + text[end...]
            try Data(written.utf8).write(to: path)
            return
        }
        #expect(text[start..<end] == ConfigurationReference.markdown)
    }
}
