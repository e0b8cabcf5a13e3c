/// Gives out leases: whoever holds one on a pair gets its records until it ends, wherever the pair runs.
///
/// Leases are kept in the control topic, so that every instance sees them and a restart keeps them. The time that ends
/// one is the time of day of whoever took it: an instance whose clock is ahead sees it end sooner. The calls that write
/// block until what they wrote lasts.
public struct LeaseDesk: Sendable {
    /// The shortest time of a lease, in milliseconds.
    public static let shortest: Int64 = 1_000
    /// The longest time of a lease, in milliseconds.
    public static let longest: Int64 = 7 * 86_400_000
    /// The longest text that says who or why, in bytes.
    public static let longestText = 1_000
    /// The most leases of a pair.
    public static let most = 1_000
    /// How long writing may take, in milliseconds.
    private static let timeout = 10_000

    private let pairs: [String: Bool]
    private let control: (any ControlStore)?
    private let audit: any AuditTrail
    private let clock: @Sendable () -> Int64

    /// Makes a desk.
    ///
    /// - Parameters:
    ///   - pairs: the pairs of the configuration.
    ///   - services: the control topic that keeps leases, and where audit events go.
    ///   - clock: tells milliseconds since the Unix epoch.
    public init(
        pairs: [TopicPair], services: PairServices, clock: @escaping @Sendable () -> Int64 = { WallClock.now() }
    ) {
        self.pairs = Dictionary(pairs.map { ($0.name, $0.demand?.leases ?? false) }) { first, _ in first }
        control = services.control
        audit = services.audit
        self.clock = clock
    }

    /// The leases of a pair that hold now, those that end first in front.
    public func leases(ofPair pair: String) throws(LeaseError) -> [ControlEntry.Lease] {
        let now = clock()
        return try store(of: pair).state.leases(ofPair: pair).filter { $0.expiresAt > now }
            .sorted { ($0.expiresAt, $0.id) < ($1.expiresAt, $1.id) }
    }

    /// Takes a lease.
    ///
    /// - Parameters:
    ///   - milliseconds: how long it lasts.
    ///   - actor: who takes it: a login name or a token's name.
    ///   - reason: why, in their words.
    public func take(
        pair: String, for milliseconds: Int64, actor: String, reason: String
    ) throws(LeaseError) -> ControlEntry.Lease {
        let control = try store(of: pair)
        try check(milliseconds)
        try check(actor, "the name of who wants the lease")
        try check(reason, "the reason")
        guard control.state.leases(ofPair: pair).count < Self.most else { throw .tooMany(pair: pair) }
        let now = clock()
        let lease = ControlEntry.Lease(
            pair: pair, id: Self.newID(), actor: actor, reason: reason, takenAt: now, expiresAt: now + milliseconds)
        try put(lease, control)
        record(.leaseTaken, lease, actor: actor)
        return lease
    }

    /// Lets a lease end later, or sooner, than it was to: `milliseconds` from now.
    public func renew(
        pair: String, id: String, for milliseconds: Int64, actor: String
    ) throws(LeaseError) -> ControlEntry.Lease {
        let control = try store(of: pair)
        try check(milliseconds)
        try check(actor, "the name of who renews the lease")
        var lease = try lease(id, of: pair, control)
        lease.expiresAt = clock() + milliseconds
        try put(lease, control)
        record(.leaseTaken, lease, actor: actor)
        return lease
    }

    /// Gives a lease back.
    public func release(pair: String, id: String, actor: String) throws(LeaseError) {
        let control = try store(of: pair)
        try check(actor, "the name of who releases the lease")
        let lease = try lease(id, of: pair, control)
        do {
            try control.remove(.lease(pair: pair, id: id), within: Self.timeout)
        } catch {
            throw .control(error)
        }
        record(.leaseReleased, lease, actor: actor)
    }

    /// Removes the leases of a pair that ran out at least `grace` milliseconds ago.
    func removeExpired(pair: String, grace: Int64) {
        guard let control, control.isCaughtUp else { return }
        let limit = clock() - grace
        for lease in control.state.leases(ofPair: pair) where lease.expiresAt <= limit {
            do {
                try control.remove(.lease(pair: pair, id: lease.id), within: Self.timeout)
            } catch {
                // It holds no more in any case; the next look tries again.
                return
            }
            record(.leaseExpired, lease, actor: lease.actor)
        }
    }

    private func store(of pair: String) throws(LeaseError) -> any ControlStore {
        guard let takesLeases = pairs[pair] else { throw .noPair(pair) }
        guard takesLeases else { throw .notLeased(pair: pair) }
        guard let control else { throw .noControl }
        guard control.isCaughtUp else { throw .notReady }
        return control
    }

    private func lease(
        _ id: String, of pair: String, _ control: any ControlStore
    ) throws(LeaseError) -> ControlEntry.Lease {
        let now = clock()
        guard let lease = control.state.leases(ofPair: pair).first(where: { $0.id == id }), lease.expiresAt > now else {
            throw .noLease(pair: pair, id: id)
        }
        return lease
    }

    private func put(_ lease: ControlEntry.Lease, _ control: any ControlStore) throws(LeaseError) {
        do {
            try control.put(.lease(lease), within: Self.timeout)
        } catch {
            throw .control(error)
        }
    }

    private func check(_ milliseconds: Int64) throws(LeaseError) {
        guard Self.shortest...Self.longest ~= milliseconds else { throw .timeOutOfRange }
    }

    private func check(_ text: String, _ what: String) throws(LeaseError) {
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isPlain, 1...Self.longestText ~= text.utf8.count else { throw .text(what) }
    }

    private func record(_ kind: AuditEvent.Kind, _ lease: ControlEntry.Lease, actor: String) {
        audit.record(
            AuditEvent(
                kind, pair: lease.pair, actor: actor, purpose: lease.reason,
                details: [
                    "lease": lease.id, "holder": lease.actor, "takenAt": String(lease.takenAt),
                    "expiresAt": String(lease.expiresAt),
                ]))
    }

    /// 64 random bits in hexadecimal.
    private static func newID() -> String {
        let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
