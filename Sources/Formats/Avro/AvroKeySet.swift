/// The keys met in maps during one scan, to find one that comes twice in the same map.
///
/// Keys are ranges of the payload. Hashes are seeded per process, so that a payload can't be made to collide. It keeps
/// its memory from scan to scan.
struct AvroKeySet {
    private struct Entry {
        var map: Int
        var hash: Int
        var start: UnsafePointer<UInt8>
        var count: Int
    }

    /// Slots of another generation are free.
    private struct Slot {
        var generation: UInt32
        var entry: UInt32
    }

    private var entries: ContiguousArray<Entry> = []
    private var slots = ContiguousArray(repeating: Slot(generation: 0, entry: 0), count: 64)
    private var generation: UInt32 = 1

    mutating func removeAll() {
        guard !entries.isEmpty else { return }
        entries.removeAll(keepingCapacity: true)
        generation &+= 1
        if generation == 0 { clearSlots() }
    }

    /// Adds a key of the map with the number `map`; says false where that map has it already.
    mutating func insert(_ key: UnsafeRawBufferPointer, map: Int) -> Bool {
        guard let start = key.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return true }
        if (entries.count + 1) * 2 > slots.count { grow() }
        var hasher = Hasher()
        hasher.combine(map)
        hasher.combine(bytes: key)
        let entry = Entry(map: map, hash: hasher.finalize(), start: start, count: key.count)
        guard place(entry, index: entries.count) else { return false }
        entries.append(entry)
        return true
    }

    private mutating func place(_ entry: Entry, index: Int) -> Bool {
        let mask = slots.count - 1
        var position = entry.hash & mask
        while slots[position].generation == generation {
            if isSame(entries[Int(slots[position].entry)], entry) { return false }
            position = (position + 1) & mask
        }
        slots[position] = Slot(generation: generation, entry: UInt32(index))
        return true
    }

    private func isSame(_ left: Entry, _ right: Entry) -> Bool {
        left.hash == right.hash && left.map == right.map && left.count == right.count
            && UnsafeBufferPointer(start: left.start, count: left.count).elementsEqual(
                UnsafeBufferPointer(start: right.start, count: right.count))
    }

    private mutating func grow() {
        slots = ContiguousArray(repeating: Slot(generation: 0, entry: 0), count: slots.count * 2)
        generation = 1
        for index in entries.indices { _ = place(entries[index], index: index) }
    }

    private mutating func clearSlots() {
        for position in slots.indices { slots[position] = Slot(generation: 0, entry: 0) }
        generation = 1
    }
}
