public import Pipeline

/// A lease, as it is told of.
public struct LeaseReport: Codable, Equatable, Sendable {
    /// What names it.
    public var id: String
    /// Who holds it.
    public var actor: String
    /// Why.
    public var reason: String
    /// When it was taken, in milliseconds since 1970.
    public var takenAt: Int64
    /// When it ends by itself, in milliseconds since 1970.
    public var expiresAt: Int64

    /// Tells of a lease.
    public init(_ lease: ControlEntry.Lease) {
        id = lease.id
        actor = lease.actor
        reason = lease.reason
        takenAt = lease.takenAt
        expiresAt = lease.expiresAt
    }
}
