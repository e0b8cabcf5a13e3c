/// How far a bounded run is.
public struct BoundedRunProgress: Sendable, Hashable {
    /// Records that were written since the command was given.
    public var records: UInt64 = 0
    /// Of these, records that went on as they came, as the pair's policy says.
    public var passedOn: UInt64 = 0
    /// Offsets that are still to be read; some may be marks of transactions, and no records.
    public var remaining: Int64 = 0
}
