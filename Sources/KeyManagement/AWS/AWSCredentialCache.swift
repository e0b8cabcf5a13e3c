import Logging

/// Keeps credentials until shortly before they end, and fetches them anew once for all who ask.
///
/// Renewal ahead of the end runs on a thread of its own, so that no call waits for it, and its failure costs nothing while
/// the credentials still hold. Any thread may call.
final class AWSCredentialCache: Sendable {
    private struct Entry {
        let credentials: AWSCredentials
        let renewalAt: Int
    }

    private struct State {
        var entry: Entry?
        var isFetching = false
        /// Counts fetches that have ended, so that who waits for one knows its outcome.
        var ended = 0
        var lastFailure: AWSCredentialFailure?
    }

    private let monitor = Monitor(State())
    private let source: any AWSCredentialSource
    private let logger: Logger
    private let now: @Sendable () -> Int

    /// Credentials without an end are read again after this many seconds, since the files behind them may change.
    static let rereadSeconds = 300
    /// How long before their end credentials are renewed, in seconds, or a quarter of their life where that is less.
    static let aheadSeconds = 600
    /// The pause after a renewal ahead that failed, in seconds.
    static let pauseSeconds = 30
    /// How long a renewal ahead may take, in milliseconds.
    static let renewalMilliseconds = 5_000

    /// - Parameter now: seconds of Unix time.
    init(
        _ source: any AWSCredentialSource, logger: Logger, now: @escaping @Sendable () -> Int = { AWSTimestamp.now }
    ) {
        self.source = source
        self.logger = logger
        self.now = now
    }

    /// Credentials that hold now; fetches them where there are none, or waits for who is at it.
    func credentials(within milliseconds: Int) throws(AWSCredentialFailure) -> AWSCredentials {
        guard source.isCached else { return try source.fetch(within: milliseconds) }
        enum Step {
            case use(AWSCredentials)
            case useAndRenew(AWSCredentials)
            case fetch
            case wait(forEnd: Int)
        }
        let time = now()
        let step = monitor.withLock { state -> Step in
            if let entry = state.entry, entry.credentials.expiration.map({ time < $0 }) ?? true {
                guard time >= entry.renewalAt, !state.isFetching else { return .use(entry.credentials) }
                state.isFetching = true
                return .useAndRenew(entry.credentials)
            }
            if state.isFetching { return .wait(forEnd: state.ended + 1) }
            state.isFetching = true
            return .fetch
        }
        switch step {
        case .use(let credentials): return credentials
        case .useAndRenew(let credentials):
            if !BackgroundThread.start({ self.renewAhead() }) { monitor.withLock { $0.isFetching = false } }
            return credentials
        case .fetch: return try fetch(within: milliseconds)
        case .wait(let end): return try wait(forEnd: end, within: milliseconds)
        }
    }

    /// Other credentials than `rejected`, which AWS refuses to take: those that another thread has got meanwhile, or what
    /// the source gives now; nil where it gives the same.
    func replacement(
        of rejected: AWSCredentials, within milliseconds: Int
    ) throws(AWSCredentialFailure) -> AWSCredentials? {
        monitor.withLock { state in
            if state.entry?.credentials.isSame(as: rejected) == true { state.entry = nil }
        }
        let found = try credentials(within: milliseconds)
        return found.isSame(as: rejected) ? nil : found
    }

    private func fetch(within milliseconds: Int) throws(AWSCredentialFailure) -> AWSCredentials {
        do throws(AWSCredentialFailure) {
            let credentials = try source.fetch(within: milliseconds)
            keep(credentials)
            return credentials
        } catch {
            monitor.withLock { state in
                state.isFetching = false
                state.ended += 1
                state.lastFailure = error
            }
            monitor.wakeAll()
            throw error
        }
    }

    private func renewAhead() {
        do throws(AWSCredentialFailure) {
            _ = try fetch(within: Self.renewalMilliseconds)
        } catch {
            let time = now()
            monitor.withLock { state in
                guard let entry = state.entry else { return }
                state.entry = Entry(credentials: entry.credentials, renewalAt: time + Self.pauseSeconds)
            }
            logger.warning(
                "AWS credentials can't be renewed ahead of their end; those at hand are used on",
                metadata: ["error": "\(error.reason)"])
        }
    }

    private func keep(_ credentials: AWSCredentials) {
        let time = now()
        let renewalAt: Int
        if let expiration = credentials.expiration {
            let life = max(0, expiration.subtractingReportingOverflow(time).partialValue)
            // A source may give the same ones again until they end: not asked more often than this.
            renewalAt = max(expiration - min(Self.aheadSeconds, life / 4), time + min(Self.pauseSeconds, life / 4))
        } else {
            renewalAt = time + Self.rereadSeconds
        }
        monitor.withLock { state in
            state.entry = Entry(credentials: credentials, renewalAt: renewalAt)
            state.isFetching = false
            state.ended += 1
            state.lastFailure = nil
        }
        monitor.wakeAll()
    }

    private func wait(forEnd end: Int, within milliseconds: Int) throws(AWSCredentialFailure) -> AWSCredentials {
        let outcome = monitor.wait(atMost: Int64(milliseconds)) {
            state -> Result<AWSCredentials, AWSCredentialFailure>? in
            guard state.ended >= end else { return nil }
            if let entry = state.entry { return .success(entry.credentials) }
            return .failure(state.lastFailure ?? AWSCredentialFailure(.unavailable, "they were rejected meanwhile"))
        }
        guard let outcome else {
            throw AWSCredentialFailure(.timedOut, "who gives them did not answer in time")
        }
        return try outcome.get()
    }
}
