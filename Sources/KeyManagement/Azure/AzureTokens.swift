import Records
import Synchronization

/// The access tokens for vaults, one for each kind of vault, and what kind each vault has said it is.
final class AzureTokens: Sendable {
    private struct State {
        var credentials: [String: RenewedCredential<SecretBytes>] = [:]
        var resources: [String: String] = [:]
    }

    private let login: AzureLogin
    private let state = Mutex(State())

    /// More vaults than anyone has; beyond, they are asked again.
    private static let maximumVaults = 4_096

    init(_ login: AzureLogin) {
        self.login = login
    }

    /// What a token for the vault `host` must be for, where the vault has said so.
    func resource(of host: String) -> String? {
        state.withLock { $0.resources[host] }
    }

    /// Remembers what a token for the vault `host` must be for; the caller has checked that it may ask for this.
    func remember(_ resource: String, of host: String) {
        state.withLock { state in
            if state.resources.count >= Self.maximumVaults { state.resources.removeAll() }
            state.resources[host] = resource
        }
    }

    /// The token for `resource`.
    func credential(for resource: String) -> RenewedCredential<SecretBytes> {
        state.withLock { state in
            if let known = state.credentials[resource] { return known }
            let credential = RenewedCredential<SecretBytes> { [login] (milliseconds) throws(CredentialFailure) in
                try login.logIn(for: resource, within: milliseconds)
            }
            if state.credentials.count >= Self.maximumVaults { state.credentials.removeAll() }
            state.credentials[resource] = credential
            return credential
        }
    }
}
