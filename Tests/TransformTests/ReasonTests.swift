import Foundation
import Testing

@testable import Transform

@Suite struct ReasonTests {
    @Test func everyReasonIsDocumentedAndEveryDocumentedOneExists() throws {
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: project.appending(path: "docs/errors.md"), encoding: .utf8)
        let documented = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
        #expect(Set(documented) == Set(TransformError.Reason.allCases.map(\.rawValue)))
        #expect(documented.count == TransformError.Reason.allCases.count)
    }
}
