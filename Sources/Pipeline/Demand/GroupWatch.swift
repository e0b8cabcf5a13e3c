import KafkaClient
import Logging

/// Looks at a cluster's consumer groups: which are assigned a pair's targets.
///
/// Belongs to one thread; blocks while it asks.
final class GroupWatch {
    private let pair: String
    private let settings: DemandSettings
    private let admin: any ClusterAdmin
    private let logger: Logger
    private var demand = GroupDemand()
    /// In how many looks in a row no group was to be seen.
    private var blindLooks = 0
    /// When that was last told.
    private var blindToldAt: Int64?
    /// What was last told of a group that can't be described.
    private var told: [String: String] = [:]

    /// How long one answer may take, in milliseconds.
    static let timeout = 5_000
    /// How many groups are described at once.
    static let batch = 100
    /// In how many looks in a row no group must be seen before that is told: at first the pair's own may not be there yet.
    static let patience = 3
    /// How often it is told at most, in milliseconds.
    static let tellingInterval: Int64 = 600_000

    init(pair: String, settings: DemandSettings, admin: any ClusterAdmin, logger: Logger) {
        self.pair = pair
        self.settings = settings
        self.admin = admin
        self.logger = logger
    }

    /// The groups that are assigned any of `targets` (partitions without offsets).
    ///
    /// - Throws: where the cluster did not tell its groups, which says nothing about demand.
    func look(at targets: [TopicPartition], now: Int64) throws(KafkaError) -> Set<String> {
        let listing = try admin.groups(timeout: Self.timeout)
        if listing.groups.isEmpty, let failure = listing.failures.first { throw failure }
        blindLooks = listing.groups.isEmpty ? blindLooks + 1 : 0
        if blindLooks >= Self.patience { tellBlind(now: now) }
        let live = listing.groups.filter { settings.counts($0.id) && $0.state != .empty && $0.state != .dead }
        var findings: [String: GroupDemand.Finding] = [:]
        // A broker that did not answer may have any of the groups that it had before.
        if !listing.failures.isEmpty { for group in demand.groups { findings[group] = .unknown } }
        for group in live where group.state == .rebalancing { findings[group.id] = .rebalancing }
        let names = live.filter { $0.state != .rebalancing }.map(\.id).sorted()
        for start in stride(from: 0, to: names.count, by: Self.batch) {
            let part = Array(names[start..<min(start + Self.batch, names.count)])
            let described = try admin.describe(groups: part, timeout: Self.timeout)
            for name in part { findings[name] = finding(on: name, described[name], targets: targets) }
        }
        demand.looked(findings)
        told = told.filter { findings[$0.key] != nil }
        return demand.groups
    }

    private func finding(
        on name: String, _ description: Result<ConsumerGroup, KafkaError>?, targets: [TopicPartition]
    ) -> GroupDemand.Finding {
        switch description {
        case .success(let group):
            switch group.state {
            case .stable:
                let topics = Set(targets.map(\.topic))
                return group.assignments.contains { topics.contains($0.topic) } ? .assigned : .unassigned
            case .rebalancing: return .rebalancing
            case .empty: return .unassigned
            // Listed as live, and yet not there: a group of the newer protocol.
            case .dead, .unknown: return undescribed(name, "the cluster tells no members of it", targets)
            }
        case .failure(let error) where error.isTransient: return .unknown
        case .failure(let error): return undescribed(name, "\(error)", targets)
        case nil: return .unknown
        }
    }

    private func undescribed(_ name: String, _ reason: String, _ targets: [TopicPartition]) -> GroupDemand.Finding {
        do {
            let offsets = try admin.committedOffsets(ofGroup: name, targets, timeout: Self.timeout)
            let hasOffsets = offsets.contains { $0.offset >= 0 }
            tell(
                name,
                hasOffsets
                    ? "It counts as a consumer, since it has committed offsets on the target"
                    : "It does not count as a consumer, since it has no committed offsets on the target", reason)
            return .undescribed(hasOffsets: hasOffsets)
        } catch {
            tell(name, "Nothing is known of its offsets either, so it changes nothing", "\(reason); \(error)")
            return .unknown
        }
    }

    private func tell(_ group: String, _ consequence: String, _ reason: String) {
        guard told[group] != consequence else { return }
        told[group] = consequence
        logger.warning(
            "A live consumer group can't be described. \(consequence)",
            metadata: ["pair": "\(pair)", "group": "\(group)", "reason": "\(reason)"])
    }

    private func tellBlind(now: Int64) {
        if let blindToldAt, now - blindToldAt < Self.tellingInterval { return }
        blindToldAt = now
        logger.error(
            """
            No consumer group is to be seen, not even this pair's own: consumers will not be noticed. Give this user the \
            ACL Describe on Group '*' (or Describe on Cluster), or use leases
            """,
            metadata: ["pair": "\(pair)"])
    }
}
