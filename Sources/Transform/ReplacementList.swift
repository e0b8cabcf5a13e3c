import Records

/// The new bytes of the matches of one payload, in their order.
///
/// Reused for record after record: write a match's bytes to `storage`, then `end` it.
final class ReplacementList {
    let storage = OutputBuffer(capacity: 2048)
    private(set) var ranges: [Range<Int>] = []

    /// Forgets the last payload's.
    func begin() {
        storage.removeAll()
        ranges.removeAll(keepingCapacity: true)
    }

    /// Counts what was written since the last `end` as one match's bytes.
    func end() {
        ranges.append((ranges.last?.upperBound ?? 0)..<storage.count)
    }
}
