import Records

@testable import Transform

/// The header `fieldseal.envelope`, and the lists beside it.
final class EnvelopeTarget: FuzzTarget {
    init() throws {}

    func run(_ input: UnsafeRawBufferPointer) {
        let parts = InputParts(input)
        let lines = parts[0].split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let line = UnsafeRawBufferPointer(rebasing: lines[0])
        guard let layout = try? EnvelopeLayout(parsing: line) else { return }
        let written = layout.encoded()
        let again = try? written.withUnsafeBytes { try EnvelopeLayout(parsing: $0) }
        expect(again?.encoded() == written, "a layout that is written again is the same")
        if lines.count > 1 {
            _ = try? EnvelopeKeys(
                parsing: UnsafeRawBufferPointer(rebasing: lines[1]), count: layout.algorithms.count)
        }
        let choice = OpeningShape.Choice(keyFields: [], valueFields: [], headerNames: [])
        guard let shape = try? OpeningShape(parsing: line, choice: choice) else { return }
        if parts.parts.count > 1 { _ = try? OpenedEntries.parse(parts[1], sealed: Set(shape.entries)) }
    }
}
