import Records

/// The canonical spelling of those of a plan's paths that have no wildcard: the concrete path of all that they match.
struct SpelledPaths: Sendable {
    /// All of them, one after the other.
    let bytes: [UInt8]
    /// Each rule's path in `bytes`; nil where it has a wildcard.
    let ranges: [Range<Int>?]

    init(_ paths: [FieldPath]) {
        var bytes: [UInt8] = []
        ranges = paths.map { path in
            guard !path.hasWildcard else { return nil }
            let start = bytes.count
            bytes.append(contentsOf: path.description.utf8)
            return start..<bytes.count
        }
        self.bytes = bytes
    }
}
