/// The events that wait for the broker: bounded, and counted where one finds no place.
struct AuditBuffer: Sendable {
    /// From this many on, workers of a required trail stand still.
    let capacity: Int
    private(set) var entries: [AuditEntry] = []
    /// Events that found place since the start.
    private(set) var taken: UInt64 = 0
    /// Events that the broker has since the start.
    private(set) var delivered: UInt64 = 0
    /// Events that found no place since the start.
    private(set) var dropped: UInt64 = 0
    private let isRequired: Bool
    /// What a required trail takes beyond its capacity, since workers stop a little after it is full.
    private static let reserve = 10_000

    init(capacity: Int, isRequired: Bool) {
        self.capacity = capacity
        self.isRequired = isRequired
    }

    /// Whether there is place.
    var isFull: Bool { entries.count >= capacity }

    /// Takes an entry; false where it found no place.
    mutating func append(_ entry: AuditEntry) -> Bool {
        guard entries.count < capacity + (isRequired ? Self.reserve : 0) else {
            dropped += 1
            return false
        }
        entries.append(entry)
        taken += 1
        return true
    }

    /// The oldest entries, at most `limit`; they stay until `removeFirst`.
    func first(_ limit: Int) -> ArraySlice<AuditEntry> { entries.prefix(limit) }

    /// The oldest `count` entries are delivered.
    mutating func removeFirst(_ count: Int) {
        let count = min(count, entries.count)
        entries.removeFirst(count)
        delivered += UInt64(count)
    }
}
