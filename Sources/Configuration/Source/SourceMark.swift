/// A place in the configuration file, both from 1.
struct SourceMark: Hashable, Comparable, Sendable {
    let line: Int
    /// In Unicode scalars.
    let column: Int

    static let start = SourceMark(line: 1, column: 1)

    static func < (left: SourceMark, right: SourceMark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
