/// When which data key is asked for, used, renewed and forgotten.
///
/// A pure state machine: events in, decisions out, on a clock that is given in milliseconds. It holds no key, only the
/// identities that the cache gives them.
struct DataKeySchedule {
    /// What bounds a data key's life.
    struct Policy: Sendable {
        /// Milliseconds from the request to the KMS; 0 for keys that serve one record.
        var ttl: Int64
        /// Keys for sealing, and as many for opening.
        var maxKeys: Int
    }

    /// What to do about a request.
    enum Answer {
        /// Use this key.
        case use(UInt64)
        /// Use this key, which nobody else gets.
        case handOver(UInt64)
        /// Ask the KMS, and report what became of it.
        case call
        /// The KMS is being asked.
        case wait
        /// It failed lately.
        case fail(KeyManagementError)
    }

    /// What became due.
    struct Due {
        /// Keys to ask the KMS for, ahead of need.
        var calls: [DataKeyRequest] = []
        /// Keys whose time is over.
        var retired: [UInt64] = []
    }

    /// How a failure changed what happens to all calls.
    enum Turn {
        case none
        /// The provider is left alone from now on.
        case suspended
    }

    private struct Key {
        let identity: UInt64
        let expiresAt: Int64
        /// When to look whether it should be renewed.
        var renewAt: Int64
        /// Nobody got it yet: the one who asked gets it even where the KMS took longer than the key may live.
        var isFresh = true
        var isSpent = false
        var isNearlySpent = false
    }

    private struct Attempt {
        var isCalling = false
        var failures = 0
        var retryAt = Int64.min
        var error: KeyManagementError?
    }

    /// How long a permanently refused EDEK is remembered, in milliseconds.
    static let refusalMemory: Int64 = 60_000
    /// How long a key that nobody came back for is kept, in milliseconds.
    static let abandonedAfter: Int64 = 60_000
    /// Failed requests remembered at most.
    static let maximumAttempts = 4096

    private static let backOff = BackOff(first: 100, longest: 30_000)

    private let policy: Policy
    private var sealing: [DataKeyRequest: Key] = [:]
    private var opening: [DataKeyRequest: Key] = [:]
    private var attempts: [DataKeyRequest: Attempt] = [:]
    private var breakers: [KeyManagementProvider: CircuitBreaker] = [:]

    init(policy: Policy) {
        self.policy = policy
    }

    /// Keys held for sealing and for opening.
    var counts: (sealing: Int, opening: Int) { (sealing.count, opening.count) }

    /// Says of each provider that was called how it fares.
    func describeProviders(in statistics: inout DataKeyStatistics) {
        for index in statistics.providers.indices {
            statistics.providers[index].isSuspended = breakers[statistics.providers[index].provider]?.isOpen ?? false
        }
    }

    /// Requests under way or failed lately.
    var attemptCount: Int { attempts.count }

    /// Somebody needs a key.
    mutating func asked(_ request: DataKeyRequest, now: Int64) -> Answer {
        if let key = key(request), !key.isSpent, key.isFresh || now < key.expiresAt {
            guard request.reader == nil else {
                change(request) { $0 = nil }
                return .handOver(key.identity)
            }
            change(request) { $0?.isFresh = false }
            return .use(key.identity)
        }
        return begin(request, now: now)
    }

    /// Whether the KMS is being asked for this key.
    func isCalling(_ request: DataKeyRequest) -> Bool {
        attempts[request]?.isCalling ?? false
    }

    /// The KMS gave a key that was asked for at `started`.
    ///
    /// - Parameter lastUsed: when a key was last used; nil where it never was.
    /// - Returns: keys that this one replaces or displaces, and whether the provider had been suspended.
    mutating func succeeded(
        _ request: DataKeyRequest, identity: UInt64, started: Int64, lastUsed: (UInt64) -> Int64?
    ) -> (retired: [UInt64], hasResumed: Bool) {
        attempts[request] = nil
        let hasResumed = breakers[request.key.provider]?.answered() ?? false
        var retired = key(request).map { [$0.identity] } ?? []
        let isShared = request.reader == nil
        let ttl = isShared ? policy.ttl : Self.abandonedAfter
        let renewAt = isShared ? started + ttl / 10 * 8 + ttl % 10 * 8 / 10 : Int64.max
        change(request) { $0 = Key(identity: identity, expiresAt: started + ttl, renewAt: renewAt) }
        retired += evict(keeping: request, lastUsed: lastUsed)
        return (retired, hasResumed)
    }

    /// The KMS gave no key.
    mutating func failed(_ request: DataKeyRequest, _ error: KeyManagementError, now: Int64, jitter: UInt64) -> Turn {
        var attempt = attempts[request] ?? Attempt()
        attempt.isCalling = false
        attempt.failures += 1
        attempt.error = error
        let isRemembered = !error.isTransient && !request.isForSealing
        attempt.retryAt =
            now
            + (isRemembered
                ? Self.refusalMemory : Self.backOff.delay(afterFailures: attempt.failures, jitter: jitter))
        attempts[request] = attempt
        let provider = request.key.provider
        guard error.isOutage else {
            if error.isAnswer {
                _ = breakers[provider]?.answered()
            } else {
                breakers[provider]?.undecided()
            }
            return .none
        }
        let isSuspended = breakers[provider, default: CircuitBreaker()].failed(error, now: now, jitter: jitter)
        return isSuspended ? .suspended : .none
    }

    /// So much of a key's limits is used that a new one should be made ready.
    mutating func nearlySpent(_ request: DataKeyRequest, identity: UInt64) {
        guard request.reader == nil, key(request)?.identity == identity else { return }
        change(request) { $0?.isNearlySpent = true }
    }

    /// A key's limits are used up.
    mutating func spent(_ request: DataKeyRequest, identity: UInt64) {
        guard key(request)?.identity == identity else { return }
        change(request) { $0?.isSpent = true }
    }

    /// Time has passed: what must be renewed, and what is over.
    mutating func due(now: Int64, lastUsed: (UInt64) -> Int64?) -> Due {
        var due = Due()
        for (request, key) in Array(sealing) + Array(opening) {
            if now >= key.expiresAt + (key.isFresh ? Self.abandonedAfter : 0) {
                due.retired.append(key.identity)
                change(request) { $0 = nil }
            } else if now >= key.renewAt || key.isNearlySpent {
                renew(request, key, now: now, lastUsed: lastUsed(key.identity), into: &due)
            }
        }
        attempts = attempts.filter { $0.value.isCalling || now < $0.value.retryAt + Self.abandonedAfter }
        return due
    }

    /// When `due` should be called next; nil while there is nothing to wait for.
    func nextDue() -> Int64? {
        let times = (Array(sealing.values) + Array(opening.values)).map { key in
            key.isNearlySpent ? Int64.min : min(key.renewAt, key.expiresAt + (key.isFresh ? Self.abandonedAfter : 0))
        }
        return times.min()
    }

    private mutating func renew(
        _ request: DataKeyRequest, _ key: Key, now: Int64, lastUsed: Int64?, into due: inout Due
    ) {
        // Looked at again at 85, 90 and 95 %, or sooner where a failed attempt may be repeated.
        var next = now + max(10, policy.ttl / 20)
        // One who reads the past needs an old key for a while and never again; one who writes comes back.
        let recently = request.isForSealing ? Int64.min : now - policy.ttl / 4
        if let lastUsed, lastUsed >= recently {
            if case .call = begin(request, now: now) {
                due.calls.append(request)
            } else if let attempt = attempts[request], !attempt.isCalling {
                next = min(next, max(now + 10, attempt.retryAt))
            }
        }
        change(request) {
            $0?.renewAt = next
            $0?.isNearlySpent = false
        }
    }

    private mutating func begin(_ request: DataKeyRequest, now: Int64) -> Answer {
        if let attempt = attempts[request] {
            if attempt.isCalling { return .wait }
            if let error = attempt.error, now < attempt.retryAt { return .fail(error) }
        }
        let provider = request.key.provider
        if let last = breakers[provider]?.refusal(now: now) {
            return .fail(.suspended(provider: provider, reason: last.description))
        }
        forgetOldAttempts()
        attempts[request, default: Attempt()].isCalling = true
        return .call
    }

    private mutating func forgetOldAttempts() {
        guard attempts.count >= Self.maximumAttempts else { return }
        let idle = attempts.filter { !$0.value.isCalling }.sorted { $0.value.retryAt < $1.value.retryAt }
        for (request, _) in idle.prefix(Self.maximumAttempts / 16) { attempts[request] = nil }
    }

    /// Makes room by dropping the keys that were not used for longest, several at once so that it is seldom.
    private mutating func evict(keeping request: DataKeyRequest, lastUsed: (UInt64) -> Int64?) -> [UInt64] {
        let keys = request.isForSealing ? sealing : opening
        guard keys.count > policy.maxKeys else { return [] }
        let others = keys.filter { $0.key != request }.map { (used: lastUsed($0.value.identity) ?? .min, $0) }
        let oldest = others.sorted { $0.used < $1.used }.prefix(keys.count - policy.maxKeys + policy.maxKeys / 16)
        for (_, entry) in oldest { change(entry.key) { $0 = nil } }
        return oldest.map { $0.1.value.identity }
    }

    private func key(_ request: DataKeyRequest) -> Key? {
        request.isForSealing ? sealing[request] : opening[request]
    }

    private mutating func change(_ request: DataKeyRequest, _ body: (inout Key?) -> Void) {
        if request.isForSealing { body(&sealing[request]) } else { body(&opening[request]) }
    }
}
