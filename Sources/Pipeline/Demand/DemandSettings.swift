public import Records

/// When a pair works: only while somebody asks for its records; and what becomes of its target's records afterwards.
public struct DemandSettings: Sendable, Equatable {
    /// What is deleted from the target when demand has ended.
    public enum Purge: String, CaseIterable, Sendable {
        /// What every group that was seen has read.
        case consumed
        /// Everything.
        case all
        /// Nothing.
        case never
    }

    /// Whether a live consumer group that is assigned the target is demand.
    public var consumers: Bool
    /// Whether a lease is demand.
    public var leases: Bool
    /// How long demand must have stayed away before the workers pause, in milliseconds.
    public var idleAfterMilliseconds: Int
    /// How often the cluster is asked for its groups, in milliseconds.
    public var checkIntervalMilliseconds: Int
    /// What is deleted when demand has ended.
    public var purge: Purge
    /// Only groups whose names match count; all where it is nil.
    public var includedGroups: RegularExpression?
    /// Groups whose names match do not count.
    public var excludedGroups: RegularExpression?
    /// Groups that never count: Fieldseal's own.
    public var ownGroups: Set<String>
    /// How old a record of the target may become before it is deleted, read or not, in milliseconds; nil for any age.
    public var maximumPlaintextAge: Int?
    /// Whether the target may be purged though this pair did not create it.
    public var ownsTarget: Bool

    /// What the names of groups begin with that never count, since Fieldseal gives such names.
    public static let ownPrefix = "fieldseal."

    /// Makes settings.
    public init(
        consumers: Bool = true, leases: Bool = false, idleAfterMilliseconds: Int = 60_000,
        checkIntervalMilliseconds: Int = 5_000, purge: Purge = .consumed, includedGroups: RegularExpression? = nil,
        excludedGroups: RegularExpression? = nil, ownGroups: Set<String> = [], maximumPlaintextAge: Int? = nil,
        ownsTarget: Bool = false
    ) {
        self.consumers = consumers
        self.leases = leases
        self.idleAfterMilliseconds = idleAfterMilliseconds
        self.checkIntervalMilliseconds = checkIntervalMilliseconds
        self.purge = purge
        self.includedGroups = includedGroups
        self.excludedGroups = excludedGroups
        self.ownGroups = ownGroups
        self.maximumPlaintextAge = maximumPlaintextAge
        self.ownsTarget = ownsTarget
    }

    /// Whether a group of this name may be demand.
    func counts(_ group: String) -> Bool {
        guard !group.hasPrefix(Self.ownPrefix), !ownGroups.contains(group) else { return false }
        if let includedGroups, !includedGroups.matches(group) { return false }
        return !(excludedGroups?.matches(group) ?? false)
    }

    /// Whether anything is ever deleted from the target.
    var purges: Bool { purge != .never || maximumPlaintextAge != nil }
}
