import Records

/// The new bytes of the matches of one payload, in their order.
///
/// Reused for record after record: write a match's bytes to `storage`, then `end` it.
final class ReplacementList {
    let storage = OutputBuffer(capacity: 2048)

    // Plain memory and no array, so that an append costs no check for other owners.
    private var endings = UnsafeMutablePointer<Int>.allocate(capacity: 32)
    private var capacity = 32
    private var count = 0

    deinit {
        endings.deallocate()
    }

    /// Where in `storage` each match's bytes end; valid until the list changes.
    var ends: UnsafeBufferPointer<Int> { UnsafeBufferPointer(start: endings, count: count) }

    /// Forgets the last payload's.
    func begin() {
        storage.removeAll()
        count = 0
    }

    /// Counts what was written since the last `end` as one match's bytes.
    func end() {
        if count == capacity { grow() }
        (endings + count).initialize(to: storage.count)
        count += 1
    }

    private func grow() {
        let bigger = UnsafeMutablePointer<Int>.allocate(capacity: capacity * 2)
        bigger.moveInitialize(from: endings, count: count)
        endings.deallocate()
        endings = bigger
        capacity *= 2
    }
}
