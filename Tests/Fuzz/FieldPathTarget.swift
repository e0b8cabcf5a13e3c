import Formats
import Records

/// Paths of fields, as rules, envelopes and lists of opened fields have them.
final class FieldPathTarget: FuzzTarget {
    private let scanner = JSONFieldScanner()

    init() throws {}

    func run(_ input: UnsafeRawBufferPointer) {
        let parts = InputParts(input)
        var paths: [FieldPath] = []
        for part in parts.parts.prefix(32) {
            guard let path = try? FieldPath(parsing: part.text) else { continue }
            let spelled = path.description
            let again = try? FieldPath(parsing: spelled)
            expect(again == path && again?.description == spelled, "a path's spelling is that path")
            expect(path.overlaps(path) && path.covers(path), "a path overlaps and covers itself")
            paths.append(path)
        }
        for path in paths {
            for other in paths {
                expect(path.overlaps(other) == other.overlaps(path), "two paths overlap each other")
            }
        }
        let text = Array(#"{"a":{"b":[1,{"c":"x"},[2]]},"ssn":"1"}"#.utf8)
        _ = try? text.withUnsafeBytes { try scanner.scan($0, plan: JSONPlan(paths: paths)) }
        if let expression = try? RegularExpression(parsing: parts[0].text) { _ = expression.matches(parts[1]) }
    }
}
