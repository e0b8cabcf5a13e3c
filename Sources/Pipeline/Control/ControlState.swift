/// What the control topic says, all entries together.
public struct ControlState: Sendable, Hashable {
    /// The entries, by what names them.
    public private(set) var entries: [ControlEntry.Key: ControlEntry] = [:]

    /// Makes the state of an empty topic.
    public init() {}

    /// Takes an entry in, in place of an earlier one of the same key.
    public mutating func put(_ entry: ControlEntry) {
        entries[entry.key] = entry
    }

    /// Forgets an entry.
    public mutating func remove(_ key: ControlEntry.Key) {
        entries[key] = nil
    }

    /// Why a pair is paused; nil where it is not.
    public func pause(ofPair pair: String) -> ControlEntry.Pause? {
        if case .pause(let pause)? = entries[.pause(pair: pair)] { pause } else { nil }
    }

    /// The skip of a partition of a pair's source.
    public func skip(ofPair pair: String, topic: String, partition: Int32) -> ControlEntry.Skip? {
        let key = ControlEntry.Key.skip(pair: pair, topic: topic, partition: partition)
        if case .skip(let skip)? = entries[key] { return skip }
        return nil
    }

    /// The leases of a pair, in the order of their ids; those that have run out are still among them.
    public func leases(ofPair pair: String) -> [ControlEntry.Lease] {
        entries.values.compactMap { if case .lease(let lease) = $0, lease.pair == pair { lease } else { nil } }
            .sorted { $0.id < $1.id }
    }

    /// The notes on a partition of a pair's target.
    public func purgeNotes(ofPair pair: String, topic: String, partition: Int32) -> ControlEntry.PurgeNotes? {
        let key = ControlEntry.Key.purgeNotes(pair: pair, topic: topic, partition: partition)
        if case .purgeNotes(let notes)? = entries[key] { return notes }
        return nil
    }
}
