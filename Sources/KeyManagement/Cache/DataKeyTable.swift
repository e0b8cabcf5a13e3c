/// A worker's own keys, found by bytes without allocating.
///
/// Open addressing with linear probing; at most half full.
struct DataKeyTable<Holder: DataKeyHolder> {
    private var slots: [Holder?]
    private var mask: Int
    private(set) var count = 0
    private let capacity: Int

    /// Makes a table that keeps at most `capacity` keys.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
        slots = Array(repeating: nil, count: 16)
        mask = 15
    }

    func find(_ name: DataKeyName, hash: Int) -> Holder? {
        var index = hash & mask
        while let holder = slots[index] {
            if holder.hash == hash, holder.isNamed(name) { return holder }
            index = (index + 1) & mask
        }
        return nil
    }

    /// Adds a holder whose name is not in the table; makes room where it is full.
    mutating func insert(_ holder: Holder, now: Int64) {
        if count >= capacity { makeRoom(now: now) }
        if (count + 1) * 2 > slots.count { rebuild(slots.compactMap { $0 }, size: slots.count * 2) }
        place(holder)
    }

    mutating func remove(_ holder: Holder) {
        var index = holder.hash & mask
        while let found = slots[index], found !== holder { index = (index + 1) & mask }
        guard slots[index] != nil else { return }
        slots[index] = nil
        count -= 1
        // Those behind it in the same run may have been displaced by it.
        index = (index + 1) & mask
        while let displaced = slots[index] {
            slots[index] = nil
            count -= 1
            place(displaced)
            index = (index + 1) & mask
        }
    }

    /// Calls `body` with each holder.
    func forEach(_ body: (Holder) -> Void) {
        for case let holder? in slots { body(holder) }
    }

    /// Drops what no record may use any more.
    mutating func removeOver(now: Int64) {
        let kept = slots.compactMap { $0 }.filter { !$0.isOver(now: now) }
        if kept.count < count { rebuild(kept, size: slots.count) }
    }

    /// Drops what is over, or else what was not used for longest, several at once so that it is seldom.
    private mutating func makeRoom(now: Int64) {
        removeOver(now: now)
        guard count >= capacity else { return }
        let kept = slots.compactMap { $0 }.sorted { $0.lastUsed < $1.lastUsed }
            .dropFirst(count - capacity + 1 + capacity / 16)
        rebuild(Array(kept), size: slots.count)
    }

    private mutating func rebuild(_ holders: [Holder], size: Int) {
        slots = Array(repeating: nil, count: size)
        mask = size - 1
        count = 0
        for holder in holders { place(holder) }
    }

    private mutating func place(_ holder: Holder) {
        var index = holder.hash & mask
        while slots[index] != nil { index = (index + 1) & mask }
        slots[index] = holder
        count += 1
    }
}
