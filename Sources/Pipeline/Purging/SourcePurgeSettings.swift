/// When records that were encrypted are deleted from the source.
public struct SourcePurgeSettings: Hashable, Sendable {
    /// How long after its target was committed a record is deleted at the earliest, in milliseconds.
    public var afterMilliseconds: Int
    /// Whether what other consumer groups have not read yet stays.
    public var respectsOtherGroups: Bool

    /// Makes settings.
    public init(afterMilliseconds: Int, respectsOtherGroups: Bool = true) {
        self.afterMilliseconds = afterMilliseconds
        self.respectsOtherGroups = respectsOtherGroups
    }
}
