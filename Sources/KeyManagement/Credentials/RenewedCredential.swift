import HTTPTransport

/// A credential that a login gives: kept while it is good, renewed ahead of its end, fetched by one for all.
///
/// Any thread may ask. At 80 % of its life a thread of its own renews it, so that no caller waits; where that fails the
/// old one serves on to its end, and the login is tried again after a pause. A failure without an old one is thrown to
/// all who waited for it, and never kept.
final class RenewedCredential<Value: Sendable>: Sendable {
    /// What a login gave.
    struct Issued: Sendable {
        let value: Value
        /// How long it is good, in milliseconds; nil where it has no end.
        let lifetimeMilliseconds: Int?
    }

    /// A credential in use.
    struct Current: Sendable {
        let value: Value
        /// Which one it is, to be named when it is discarded.
        let number: Int
    }

    /// Logs in, within the milliseconds given.
    typealias Login = @Sendable (_ milliseconds: Int) throws(CredentialFailure) -> Issued

    private struct State: Sendable {
        var current: Current?
        var renewsAt = Int.max
        var endsAt = Int.max
        var isLoggingIn = false
        /// How many logins have ended, and how the last one failed.
        var logins = 0
        var failure: CredentialFailure?
    }

    private enum Step {
        case use(Current)
        case renew(Current)
        case logIn
        case wait(logins: Int)
    }

    private let login: Login
    private let now: @Sendable () -> Int
    private let monitor = Monitor(State())

    /// How long a renewal may take, and the pause after one that failed, in milliseconds.
    private static var renewalMilliseconds: Int { 15_000 }
    private static var renewalPauseMilliseconds: Int { 10_000 }

    /// Makes one that logs in when it is first asked for; `now` is a clock in milliseconds.
    init(now: @escaping @Sendable () -> Int = { MonotonicClock.milliseconds }, login: @escaping Login) {
        self.login = login
        self.now = now
    }

    /// The credential as it is now, after a login where there is none.
    func current(within milliseconds: Int) throws(CredentialFailure) -> Current {
        let end = MonotonicClock.milliseconds + max(0, min(milliseconds, 86_400_000))
        while true {
            let left = end - MonotonicClock.milliseconds
            switch step() {
            case .use(let current): return current
            case .renew(let current):
                let isStarted = BackgroundThread.start { [self] in
                    _ = try? logIn(within: Self.renewalMilliseconds)
                }
                guard isStarted else { return try logIn(within: left) }
                return current
            case .logIn: return try logIn(within: left)
            case .wait(let logins):
                let ended =
                    monitor.wait(atMost: Int64(max(0, left))) { state in
                        state.logins > logins ? state.failure.map { .failure($0) } ?? .success(()) : nil
                    } as Result<Void, CredentialFailure>?
                guard let ended else { throw CredentialFailure(.timedOut, "the login takes longer than the call may") }
                try ended.get()
            }
        }
    }

    /// Forgets a credential that was refused; a newer one stays.
    func discard(_ refused: Current) {
        monitor.withLock { state in
            if state.current?.number == refused.number { state.current = nil }
        }
    }

    private func step() -> Step {
        let now = now()
        return monitor.withLock { state in
            if let current = state.current, now < state.endsAt {
                guard now >= state.renewsAt, !state.isLoggingIn else { return .use(current) }
                state.isLoggingIn = true
                return .renew(current)
            }
            guard !state.isLoggingIn else { return .wait(logins: state.logins) }
            state.isLoggingIn = true
            return .logIn
        }
    }

    private func logIn(within milliseconds: Int) throws(CredentialFailure) -> Current {
        let startedAt = now()
        let outcome: Result<Issued, CredentialFailure>
        do throws(CredentialFailure) {
            outcome = .success(try login(max(1, milliseconds)))
        } catch {
            outcome = .failure(error)
        }
        let endedAt = now()
        defer { monitor.wakeAll() }
        return try monitor.withLock { (state) throws(CredentialFailure) in
            state.isLoggingIn = false
            state.logins += 1
            switch outcome {
            case .success(let issued):
                let current = Current(value: issued.value, number: state.logins)
                state.failure = nil
                state.current = current
                (state.renewsAt, state.endsAt) = Self.times(issued.lifetimeMilliseconds, from: startedAt)
                return current
            case .failure(let failure):
                state.failure = failure
                state.renewsAt = endedAt + Self.renewalPauseMilliseconds
                throw failure
            }
        }
    }

    /// When to renew and when it is over: counted from before the login, and a little early, since clocks differ.
    private static func times(_ lifetime: Int?, from start: Int) -> (renewsAt: Int, endsAt: Int) {
        guard let lifetime else { return (.max, .max) }
        let bounded = max(0, min(lifetime, 1 << 48))
        return (start + bounded / 10 * 8, start + bounded - min(bounded / 10, 10_000))
    }
}
