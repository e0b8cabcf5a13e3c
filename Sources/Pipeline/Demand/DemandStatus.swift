/// What a process sees of the demand on a pair.
public struct DemandStatus: Hashable, Sendable {
    /// Whether the pair works; where demand has only just gone it still does.
    public var isActive = false
    /// The groups that are assigned the target, in order.
    public var groups: [String] = []
    /// The ids of the leases that hold, in order.
    public var leases: [String] = []

    /// Makes the status of a pair that nobody wants anything of.
    public init() {}
}
