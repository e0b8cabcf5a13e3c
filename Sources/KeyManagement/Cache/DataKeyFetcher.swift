import Cryptography
import Logging
import Records

/// Asks the KMS on threads of its own, as the schedule decides, and keeps the keys that all workers share.
///
/// Its threads hold it; they end, and let it go, after `stop`.
final class DataKeyFetcher: Sendable {
    /// How long one call to the KMS may take, in milliseconds.
    static let callTimeoutMilliseconds = 5_000
    /// Calls at one time; a worker waits for one key at a time, so more would seldom be busy.
    static let maximumThreads = 4

    /// The keys by identity; a class, so that the schedule can look into it while it decides.
    private final class Keys {
        var byIdentity: [UInt64: SharedDataKey] = [:]

        func lastUsed(_ identity: UInt64) -> Int64? { byIdentity[identity]?.lastUsed }

        func retire(_ identities: [UInt64]) {
            for identity in identities { byIdentity.removeValue(forKey: identity)?.retire() }
        }
    }

    private struct State {
        var schedule: DataKeySchedule
        let keys = Keys()
        /// What records wait for.
        var urgent: [DataKeyRequest] = []
        /// What is to be renewed ahead of need.
        var ahead: [DataKeyRequest] = []
        var dueAt: Int64?
        var threads = 0
        var idle = 0
        var isStopping = false
        var counted = DataKeyCalls()
    }

    private let monitor: Monitor<State>
    private let service: any KeyManagementService
    private let settings: KeyManagementSettings
    private let clock: @Sendable () -> Int64
    private let logger: Logger
    private let makeDataKey: DataKeyMaker
    private let onEvent: @Sendable (DataKeyEvent) -> Void

    /// Makes the bytes of a new data key.
    typealias DataKeyMaker = @Sendable (Algorithm, _ kek: [UInt8]) throws(CryptographyError) -> DataKey

    init(
        settings: KeyManagementSettings, service: any KeyManagementService, logger: Logger,
        clock: @escaping @Sendable () -> Int64, onEvent: @escaping @Sendable (DataKeyEvent) -> Void,
        makeDataKey: @escaping DataKeyMaker
    ) {
        self.onEvent = onEvent
        self.makeDataKey = makeDataKey
        self.settings = settings
        self.service = service
        self.logger = logger
        self.clock = clock
        monitor = Monitor(
            State(schedule: DataKeySchedule(policy: .init(ttl: settings.keyTtlMilliseconds, maxKeys: settings.maxKeys)))
        )
    }

    /// The key for `request`, or nil where the KMS is being asked for it; throws where it failed lately.
    func ask(_ request: DataKeyRequest, now: Int64) throws(KeyManagementError) -> SharedDataKey? {
        let key = try monitor.withLock { (state) throws(KeyManagementError) -> SharedDataKey? in
            guard !state.isStopping else { throw .shutDown }
            switch state.schedule.asked(request, now: now) {
            case .use(let identity): return state.keys.byIdentity[identity]
            case .handOver(let identity): return state.keys.byIdentity.removeValue(forKey: identity)
            case .fail(let error): throw error
            case .wait:
                if let index = state.ahead.lastIndex(of: request) { state.urgent.append(state.ahead.remove(at: index)) }
            case .call:
                state.urgent.append(request)
                state.counted.missed(isForSealing: request.isForSealing)
            }
            startThreads(&state)
            return nil
        }
        if key == nil { monitor.wakeAll() }
        return key
    }

    /// Waits until the KMS has answered `request`, at most `milliseconds`; false where it has not.
    func waitForAnswer(to request: DataKeyRequest, atMost milliseconds: Int64) -> Bool {
        monitor.wait(atMost: milliseconds) { state in
            state.isStopping || !state.schedule.isCalling(request) ? true : nil
        } ?? false
    }

    /// The key's limits are used up.
    func spent(_ key: SharedDataKey) {
        monitor.withLock { $0.schedule.spent(key.request, identity: key.identity) }
    }

    /// The key's limits are nearly used up: a new one is made ready.
    func nearlySpent(_ key: SharedDataKey) {
        monitor.withLock { state in
            state.schedule.nearlySpent(key.request, identity: key.identity)
            state.dueAt = .min
        }
        monitor.wakeAll()
    }

    /// Keys held for sealing and for opening.
    var counts: (sealing: Int, opening: Int) { monitor.withLock { $0.schedule.counts } }

    /// What was counted, and what there is.
    var statistics: DataKeyStatistics {
        let now = clock()
        return monitor.withLock { state in
            var statistics = state.counted.statistics
            state.schedule.describeProviders(in: &statistics)
            let shared = state.keys.byIdentity.values
            for key in shared { statistics.add(key, age: now - (key.expiresAt - settings.keyTtlMilliseconds)) }
            let oldest = shared.sorted { $0.expiresAt < $1.expiresAt }.prefix(DataKeyStatistics.keyLimit)
            statistics.keys = oldest.map { .init($0, age: now - ($0.expiresAt - settings.keyTtlMilliseconds)) }
            return statistics
        }
    }

    /// Forgets all keys and ends the threads, after the calls under way.
    func stop() {
        monitor.withLock { state in
            state.isStopping = true
            state.urgent.removeAll()
            state.ahead.removeAll()
            state.keys.retire(Array(state.keys.byIdentity.keys))
        }
        monitor.wakeAll()
    }

    private func startThreads(_ state: inout State) {
        guard state.idle < state.urgent.count + state.ahead.count, state.threads < Self.maximumThreads else { return }
        // Where the system gives no thread, those there are take it up, or the next request tries again.
        if BackgroundThread.start({ self.work() }) { state.threads += 1 }
    }

    private func work() {
        while let turn = next() { fetch(turn.request, isAhead: turn.isAhead) }
    }

    /// What to ask the KMS for next; nil where the thread is to end.
    private func next() -> (request: DataKeyRequest, isAhead: Bool)? {
        monitor.withLock { $0.idle += 1 }
        defer { monitor.withLock { $0.idle -= 1 } }
        while true {
            // At least once a second, since the condition's clock stands still while the machine is suspended.
            let dueAt = monitor.withLock { $0.dueAt }
            let wait = dueAt.map { max(1, min(1_000, $0 == .min ? 1 : $0 - clock())) } ?? 1_000
            let step = monitor.wait(atMost: wait) { state -> (request: DataKeyRequest, isAhead: Bool)?? in
                if state.isStopping { return .some(nil) }
                self.enqueueDue(&state)
                if !state.urgent.isEmpty { return .some((state.urgent.removeFirst(), false)) }
                return state.ahead.popLast().map { .some(($0, true)) }
            }
            if let step { return step }
        }
    }

    private func enqueueDue(_ state: inout State) {
        guard let dueAt = state.dueAt, dueAt <= clock() else { return }
        let keys = state.keys
        let due = state.schedule.due(now: clock(), lastUsed: keys.lastUsed)
        keys.retire(due.retired)
        if !due.calls.isEmpty {
            state.ahead.append(contentsOf: due.calls)
            startThreads(&state)
        }
        state.dueAt = state.schedule.nextDue()
    }

    private func fetch(_ request: DataKeyRequest, isAhead: Bool) {
        let started = clock()
        let begun = ContinuousClock.now
        do throws(KeyManagementError) {
            let (dataKey, edek) = try call(request)
            count(request, nil, since: begun, isAhead: isAhead)
            keep(
                SharedDataKey(
                    dataKey: dataKey, request: request, edek: edek, expiresAt: started + settings.keyTtlMilliseconds,
                    maxUses: settings.maxUses, maxBytes: settings.maxBytes), started: started)
            if case .sealing = request.purpose {
                let topic = String(decoding: request.topic, as: UTF8.self)
                onEvent(
                    isAhead
                        ? .renewed(key: request.key, topic: topic, algorithm: request.algorithm)
                        : .created(key: request.key, topic: topic, algorithm: request.algorithm))
            }
        } catch {
            count(request, error, since: begun, isAhead: isAhead)
            report(error, request)
        }
        monitor.wakeAll()
    }

    private func count(
        _ request: DataKeyRequest, _ error: KeyManagementError?, since begun: ContinuousClock.Instant, isAhead: Bool
    ) {
        let time = ContinuousClock.now - begun
        monitor.withLock { $0.counted.called(request, error, time: time, isAhead: isAhead) }
    }

    private func call(_ request: DataKeyRequest) throws(KeyManagementError) -> (DataKey, edek: [UInt8]) {
        let topic = String(decoding: request.topic, as: UTF8.self)
        switch request.purpose {
        case .sealing:
            let dataKey: DataKey
            do throws(CryptographyError) {
                dataKey = try makeDataKey(request.algorithm, request.kek)
            } catch {
                throw .cryptography(reason: error.description)
            }
            let edek = try service.wrap(
                dataKey.bytes, under: request.key, topic: topic, within: Self.callTimeoutMilliseconds)
            return (dataKey, edek)
        case .opening(let edek):
            let bytes = try service.unwrap(
                edek, under: request.key, topic: topic, within: Self.callTimeoutMilliseconds)
            do throws(CryptographyError) {
                return (try DataKey(algorithm: request.algorithm, bytes: bytes), edek)
            } catch {
                throw .wrongKeyLength(key: request.key, expected: request.algorithm.keyLength, found: bytes.count)
            }
        }
    }

    private func keep(_ key: SharedDataKey, started: Int64) {
        let hasResumed = monitor.withLock { state -> Bool in
            guard !state.isStopping else { return false }
            let keys = state.keys
            keys.byIdentity[key.identity] = key
            let outcome = state.schedule.succeeded(
                key.request, identity: key.identity, started: started, lastUsed: keys.lastUsed)
            keys.retire(outcome.retired)
            state.dueAt = state.schedule.nextDue()
            return outcome.hasResumed
        }
        guard hasResumed else { return }
        logger.notice("the KMS answers again", metadata: ["key": "\(key.request.key)"])
        onEvent(.resumed(key: key.request.key))
    }

    private func report(_ error: KeyManagementError, _ request: DataKeyRequest) {
        let jitter = UInt64.random(in: 0...UInt64.max)
        let turn = monitor.withLock { state in
            state.schedule.failed(request, error, now: clock(), jitter: jitter)
        }
        logger.debug("no data key", metadata: ["key": "\(request.key)", "error": "\(error)"])
        if case .suspended = turn {
            logger.warning(
                "the KMS fails again and again and is left alone for a while",
                metadata: ["key": "\(request.key)", "error": "\(error)"])
            onEvent(.suspended(key: request.key, reason: "\(error)"))
        }
    }
}
