/// Which groups are demand, look after look: what is not certain about a group changes nothing.
struct GroupDemand {
    /// What a look found out about a live group.
    enum Finding: Hashable {
        /// Its members have partitions of the target.
        case assigned
        /// They have none.
        case unassigned
        /// Partitions are being given out anew.
        case rebalancing
        /// The cluster does not tell what it is assigned, but it has committed offsets on the target or it has not.
        case undescribed(hasOffsets: Bool)
        /// The cluster did not answer about it.
        case unknown
    }

    private(set) var groups: Set<String> = []

    /// The cluster was asked; groups that are not among the findings are not live.
    mutating func looked(_ findings: [String: Finding]) {
        groups = Set(
            findings.filter { name, finding in
                switch finding {
                case .assigned: true
                case .unassigned: false
                case .undescribed(let hasOffsets): hasOffsets
                case .rebalancing, .unknown: groups.contains(name)
                }
            }.keys)
    }
}
