import Records

/// What a fetcher counts as it calls.
struct DataKeyCalls {
    /// Misses, renewals, calls and what became of them; without hits and keys.
    private(set) var statistics = DataKeyStatistics()

    /// Somebody needed a key that was not there.
    mutating func missed(isForSealing: Bool) {
        statistics.uses[isForSealing ? .seal : .open, default: .init()].misses &+= 1
    }

    /// A call has ended, by `error` where there is one.
    mutating func called(_ request: DataKeyRequest, _ error: KeyManagementError?, time: Duration, isAhead: Bool) {
        let provider = request.key.provider
        let outcome: DataKeyStatistics.Outcome
        switch error {
        case nil: outcome = .ok
        case .some(let error): outcome = error.isOutage ? .unavailable : .refused
        }
        let call = DataKeyStatistics.Call(
            provider: provider, operation: request.isForSealing ? .wrap : .unwrap, outcome: outcome)
        let (seconds, attoseconds) = time.components
        let nanoseconds = UInt64(max(0, seconds)) &* 1_000_000_000 &+ UInt64(max(0, attoseconds / 1_000_000_000))
        statistics.calls[call, default: DurationHistogram(.tenthsOfMilliseconds)].add(nanoseconds)
        if error == nil, isAhead {
            statistics.uses[request.isForSealing ? .seal : .open, default: .init()].renewals &+= 1
        }
        note(provider, isUp: outcome != .unavailable)
    }

    private mutating func note(_ provider: KeyManagementProvider, isUp: Bool) {
        if let index = statistics.providers.firstIndex(where: { $0.provider == provider }) {
            statistics.providers[index].isUp = isUp
        } else {
            statistics.providers.append(.init(provider: provider, isUp: isUp, isSuspended: false))
        }
    }
}

extension DataKeyStatistics {
    /// Counts a key that is in memory.
    mutating func add(_ key: SharedDataKey, age: Int64) {
        uses[key.request.isForSealing ? .seal : .open, default: .init()].add(age: age)
    }
}

extension DataKeyStatistics.Uses {
    fileprivate mutating func add(age: Int64) {
        keys += 1
        oldestAge = max(oldestAge, age)
    }
}

extension DataKeyStatistics.Key {
    /// What may be told of a key.
    init(_ key: SharedDataKey, age: Int64) {
        let request = key.request
        self.init(
            kek: "\(request.key)", version: WrappedKeyVersion.text(of: key.edek, provider: request.key.provider),
            purpose: request.isForSealing ? .seal : .open, algorithm: request.algorithm.rawValue,
            topic: String(decoding: request.topic, as: UTF8.self), age: max(0, age),
            seals: request.isForSealing ? key.uses.claimed : nil)
    }
}
