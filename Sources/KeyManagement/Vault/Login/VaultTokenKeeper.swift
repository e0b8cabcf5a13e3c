import HTTPTransport
import Logging
import Records
import Synchronization

/// Keeps a token of the configuration alive; called by one thread.
final class VaultTokenKeeper: Sendable {
    private struct State {
        var token: SecretBytes?
        /// What it was granted last, in milliseconds; nil before it was looked up, and where it has no end.
        var granted: Int?
        var isRenewable = false
        var endsAt = Int.max
        var nextAt = Int.min
        var hasWarned = false
    }

    private let source: SecretSource
    private let authority: VaultAuthority
    private let logger: Logger
    private let now: @Sendable () -> Int
    private let state = Mutex(State())

    /// How long one call may take, and the pauses after one that failed and between looks into a file, in milliseconds.
    private static let callMilliseconds = 5_000
    private static let retryMilliseconds = 10_000
    private static let refusedMilliseconds = 60_000
    private static let lookMilliseconds = 10_000

    init(
        _ source: SecretSource, _ authority: VaultAuthority, _ logger: Logger,
        now: @escaping @Sendable () -> Int = { MonotonicClock.milliseconds }
    ) {
        self.source = source
        self.authority = authority
        self.logger = logger
        self.now = now
    }

    /// Does what is due, and returns the milliseconds until it wants to look again.
    func look() -> Int64 {
        guard let token = try? source.read() else { return Int64(Self.lookMilliseconds) }
        var held = state.withLock { $0 }
        if held.token?.holdsSame(as: token) != true { held = State(token: token) }
        if now() >= held.nextAt {
            do throws(CredentialFailure) {
                try keep(token, &held)
            } catch {
                failed(error, &held)
            }
        }
        state.withLock { $0 = held }
        // In small steps, since the file may get another token and the machine may be suspended meanwhile.
        return Int64(max(50, min(held.nextAt - now(), Self.lookMilliseconds)))
    }

    private func keep(_ token: SecretBytes, _ held: inout State) throws(CredentialFailure) {
        let started = now()
        if held.granted == nil {
            let lease = try authority.lookUp(token, within: Self.callMilliseconds)
            held.isRenewable = lease.isRenewable
            guard let lifetime = lease.lifetimeMilliseconds else {
                held.nextAt = .max
                return
            }
            held.endsAt = started + lifetime
            held.granted = lifetime
        }
        guard held.isRenewable else {
            warn(&held, "the token can't be renewed")
            held.nextAt = .max
            return
        }
        let lease = try authority.renew(token, within: Self.callMilliseconds)
        guard let lifetime = lease.lifetimeMilliseconds else {
            held.nextAt = .max
            return
        }
        held.endsAt = started + lifetime
        held.nextAt = started + max(1_000, lifetime / 3 * 2)
        if let granted = held.granted, lifetime < granted / 2 {
            warn(&held, "the token comes to the end that no renewal puts off")
        }
        held.granted = max(held.granted ?? 0, lifetime)
    }

    private func failed(_ error: CredentialFailure, _ held: inout State) {
        if error.kind == .rejected {
            warn(&held, error.reason)
            held.nextAt = now() + Self.refusedMilliseconds
        } else {
            logger.debug("the token was not renewed", metadata: ["error": "\(error.reason)"])
            let left = held.endsAt == .max ? Self.retryMilliseconds : max(0, held.endsAt - now())
            held.nextAt = now() + max(100, min(left / 4, Self.retryMilliseconds))
        }
    }

    private func warn(_ held: inout State, _ reason: String) {
        guard !held.hasWarned else { return }
        held.hasWarned = true
        let left = held.endsAt == .max ? "unknown" : "\(max(0, held.endsAt - now()) / 1_000)"
        logger.warning(
            "the Vault token is not renewed: put a new one in its place before it ends, or use a login method",
            metadata: ["secondsLeft": "\(left)", "reason": "\(reason)"])
    }
}
