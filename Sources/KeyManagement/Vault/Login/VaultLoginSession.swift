import HTTPTransport
import Logging
import Records
import Synchronization

/// A token that logins give: one login for all who ask, renewed ahead of its end, replaced where it is refused.
///
/// Once there is a token a thread looks after it, so that it is renewed also while nobody calls: a login may cost one of
/// a secret id's few uses.
final class VaultLoginSession: VaultTokenSource {
    private let issuer: Issuer
    private let credential: RenewedCredential<SecretBytes>
    private let care: RepeatedTask

    init(_ login: VaultLogin, _ authority: VaultAuthority, logger: Logger) {
        let issuer = Issuer(login, authority, logger)
        let credential = RenewedCredential<SecretBytes> { milliseconds throws(CredentialFailure) in
            try issuer.issue(within: milliseconds)
        }
        self.issuer = issuer
        self.credential = credential
        care = RepeatedTask {
            // Who can't log in is told so when a key is needed, and not locked out by trying meanwhile.
            if !issuer.wasRejected { _ = try? credential.current(within: Issuer.careMilliseconds) }
            return issuer.pause
        }
    }

    func current(within milliseconds: Int) throws(CredentialFailure) -> VaultToken {
        let current = try credential.current(within: milliseconds)
        care.start(after: issuer.pause)
        return VaultToken(bytes: current.value, number: current.number)
    }

    func reject(_ token: VaultToken) -> Bool {
        issuer.forget(token.bytes)
        credential.discard(.init(value: token.bytes, number: token.number))
        return true
    }

    /// Renews the token that it has given where that is possible, or else logs in; one call at a time.
    private final class Issuer: Sendable {
        /// How long a renewal that nobody waits for may take, in milliseconds.
        static let careMilliseconds = 5_000

        private struct State {
            var token: SecretBytes?
            var isRenewable = false
            /// What the login granted, in milliseconds; nil without an end.
            var granted: Int?
            var endsAt = Int.min
            var wasRejected = false
        }

        private let login: VaultLogin
        private let authority: VaultAuthority
        private let logger: Logger
        private let state = Mutex(State())

        init(_ login: VaultLogin, _ authority: VaultAuthority, _ logger: Logger) {
            self.login = login
            self.authority = authority
            self.logger = logger
        }

        /// Whether the last login was refused.
        var wasRejected: Bool { state.withLock { $0.wasRejected } }

        /// Milliseconds until somebody should look after the token again.
        var pause: Int64 {
            state.withLock { state in state.granted.map { Int64(max(50, min($0 / 20, 10_000))) } ?? 10_000 }
        }

        func forget(_ token: SecretBytes) {
            state.withLock { if $0.token === token { $0.token = nil } }
        }

        func issue(within milliseconds: Int) throws(CredentialFailure) -> RenewedCredential<SecretBytes>.Issued {
            if let renewed = try renewed(within: milliseconds) { return renewed }
            let started = MonotonicClock.milliseconds
            do throws(CredentialFailure) {
                let lease = try authority.logIn(login, within: milliseconds)
                // A reply to a login without one is refused where it is read.
                guard let token = lease.token else { throw CredentialFailure(.malformedReply, "no token") }
                let lifetime = lease.lifetimeMilliseconds
                state.withLock { state in
                    state = State(
                        token: token, isRenewable: lease.isRenewable, granted: lifetime,
                        endsAt: lifetime.map { started + $0 } ?? .max)
                }
                return .init(value: token, lifetimeMilliseconds: lifetime)
            } catch {
                state.withLock { $0.wasRejected = error.kind == .rejected }
                logger.debug("no token", metadata: ["error": "\(error.reason)"])
                throw error
            }
        }

        /// The same token with a longer life; nil where a login is due.
        private func renewed(
            within milliseconds: Int
        ) throws(CredentialFailure) -> RenewedCredential<SecretBytes>.Issued? {
            let started = MonotonicClock.milliseconds
            let held = state.withLock { $0 }
            guard let token = held.token, held.isRenewable, let granted = held.granted, started < held.endsAt else {
                return nil
            }
            let lease: VaultLease
            do throws(CredentialFailure) {
                lease = try authority.renew(token, within: milliseconds)
            } catch  where error.kind == .rejected || error.kind == .malformedReply {
                return nil
            }
            // Near the end that no renewal can put off, each one grants less: a new token is due.
            guard let lifetime = lease.lifetimeMilliseconds, lifetime >= granted / 2 else { return nil }
            state.withLock { state in
                guard state.token === token else { return }
                state.endsAt = started + lifetime
                state.isRenewable = lease.isRenewable
            }
            return .init(value: token, lifetimeMilliseconds: lifetime)
        }
    }
}
