import KeyManagement
import Pipeline
import Records

extension ProcessReport {
    /// Tells of the process as it is now, to `caller`.
    init(_ services: OperationsServices, caller: Operations.Caller, now: Int64) {
        let state = services.control?.state
        version = services.version
        startedAt = ProcessUsage.startTime
        time = now
        self.caller = Caller(name: caller.name, roles: caller.roles.map(\.rawValue).sorted())
        control = services.control != nil
        configuration = services.configuration()
        pairs = services.pairs().map { PairReport($0.pair, $0.status, control: state, now: now) }
        let caches = services.keys()
        keys = caches.flatMap(\.keys).map(Key.init).sorted { $0.ageSeconds > $1.ageSeconds }
        keyServices = Dictionary(grouping: caches.flatMap(\.providers), by: \.provider)
            .sorted { $0.key.rawValue < $1.key.rawValue }
            .map { KeyService($0.key, states: $0.value, caches: caches) }
    }
}

extension ProcessReport.Key {
    init(_ key: DataKeyStatistics.Key) {
        kek = key.kek
        version = key.version
        purpose = key.purpose.rawValue
        algorithm = key.algorithm
        topic = key.topic
        ageSeconds = Double(key.age) / 1_000
        seals = key.seals
    }
}

extension ProcessReport.KeyService {
    init(
        _ provider: KeyManagementProvider, states: [DataKeyStatistics.Provider], caches: [DataKeyStatistics]
    ) {
        self.provider = provider.rawValue
        up = states.allSatisfy(\.isUp)
        suspended = states.contains(where: \.isSuspended)
        let calls = caches.flatMap(\.calls).filter { $0.key.provider == provider }
        self.calls = calls.reduce(0) { $0 &+ $1.value.count }
        failed = calls.filter { $0.key.outcome != .ok }.reduce(0) { $0 &+ $1.value.count }
        let sum = calls.reduce(0) { $0 &+ $1.value.sum }
        meanMilliseconds = self.calls == 0 ? 0 : Double(sum) / Double(self.calls) / 1e6
    }
}
