/// The matches of one payload in stable memory, kept from payload to payload so that a scan allocates nothing.
///
/// Not thread-safe: a scanner owns one.
final class FieldMatchList {
    private var storage: UnsafeMutablePointer<FieldMatch>
    private var capacity = 32
    private(set) var count = 0

    init() {
        storage = .allocate(capacity: capacity)
    }

    deinit {
        storage.deallocate()
    }

    /// The matches in order; valid until the list changes.
    var views: UnsafeBufferPointer<FieldMatch> {
        UnsafeBufferPointer(start: storage, count: count)
    }

    func removeAll() {
        count = 0
    }

    func append(_ match: FieldMatch) {
        if count == capacity { grow() }
        (storage + count).initialize(to: match)
        count += 1
    }

    private func grow() {
        let bigger = UnsafeMutablePointer<FieldMatch>.allocate(capacity: capacity * 2)
        bigger.moveInitialize(from: storage, count: count)
        storage.deallocate()
        storage = bigger
        capacity *= 2
    }
}
