import Pipeline

/// Who asks, and what they may do.
struct Caller: Equatable, Sendable {
    /// Who the audit trail says it was.
    var name: String
    /// What they may do.
    var roles: Set<AdminRole>

    /// Whether they may do what `role` may: everyone who is known may see.
    func may(_ role: AdminRole) -> Bool {
        role == .viewer || roles.contains(role)
    }
}
