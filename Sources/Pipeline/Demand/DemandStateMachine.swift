/// Decides when a pair works, apart from all I/O and clocks: what was seen goes in, what to do comes out.
///
/// It begins idle. Times are milliseconds of a clock that only goes forward.
struct DemandStateMachine {
    /// What somebody wants records by.
    enum Reason: Hashable, Comparable, Sendable {
        /// A consumer group that is assigned the target.
        case group(String)
        /// A lease, by its id.
        case lease(String)
    }

    /// What to do.
    enum Action: Equatable {
        case none
        /// Let the workers work, for these reasons.
        case begin(Set<Reason>)
        /// Let the workers pause; the reasons are all that there were since `begin`.
        case end(Set<Reason>)
        /// There was no demand since the start: see what a former life has left.
        case settle
    }

    private enum State: Equatable {
        /// Since the start, or until both kinds of demand were looked at once.
        case starting
        case idle
        case working(reasons: Set<Reason>)
        /// Demand is gone since then, which may not last.
        case lingering(since: Int64, reasons: Set<Reason>)
        /// As `lingering`, but the workers never worked.
        case settling(since: Int64)
    }

    private let idleAfter: Int64
    private var state = State.starting
    /// The groups that were assigned the target when they were last looked at; nil before the first look.
    private var groups: Set<String>?
    /// The leases that hold; nil before they are known.
    private var leases: Set<String>?

    /// Makes a machine.
    ///
    /// - Parameters:
    ///   - consumers: whether groups are looked at; if not, there are none.
    ///   - leases: whether leases are looked at; if not, there are none.
    ///   - idleAfter: how long demand must stay away, in milliseconds.
    init(consumers: Bool, leases: Bool, idleAfter: Int64) {
        self.idleAfter = idleAfter
        groups = consumers ? nil : []
        self.leases = leases ? nil : []
    }

    /// Whether the workers are to work.
    var isWorking: Bool {
        switch state {
        case .working, .lingering: true
        case .starting, .idle, .settling: false
        }
    }

    /// Why records are wanted now.
    var reasons: Set<Reason> {
        Set((groups ?? []).map(Reason.group)).union((leases ?? []).map(Reason.lease))
    }

    /// These groups are assigned the target now.
    mutating func looked(groups: Set<String>) { self.groups = groups }

    /// These leases hold now.
    mutating func looked(leases: Set<String>) { self.leases = leases }

    /// Time has passed, or something was looked at.
    mutating func tick(now: Int64) -> Action {
        let wanted = reasons
        switch state {
        case .starting, .idle, .settling:
            if !wanted.isEmpty {
                state = .working(reasons: wanted)
                return .begin(wanted)
            }
            return settle(now: now)
        case .working(let reasons), .lingering(_, let reasons):
            if !wanted.isEmpty {
                state = .working(reasons: reasons.union(wanted))
                return .none
            }
            return linger(reasons, now: now)
        }
    }

    private mutating func settle(now: Int64) -> Action {
        switch state {
        case .starting where groups != nil && leases != nil: state = .settling(since: now)
        case .settling(let since) where now - since >= idleAfter:
            state = .idle
            return .settle
        default: break
        }
        return .none
    }

    private mutating func linger(_ reasons: Set<Reason>, now: Int64) -> Action {
        guard case .lingering(let since, _) = state else {
            state = .lingering(since: now, reasons: reasons)
            return idleAfter > 0 ? .none : tick(now: now)
        }
        guard now - since >= idleAfter else { return .none }
        state = .idle
        return .end(reasons)
    }
}
