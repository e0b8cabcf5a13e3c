import HTTPTransport
import Records

/// The calls by which tokens are had, looked up and renewed.
struct VaultAuthority: Sendable {
    let connection: VaultConnection

    /// Logs in.
    func logIn(_ login: VaultLogin, within milliseconds: Int) throws(CredentialFailure) -> VaultLease {
        let body = try login.body()
        let reply = try answer(login.name, secrets: [body]) { () throws(HTTPTransportError) in
            try connection.post(login.path, body, token: nil, within: milliseconds)
        }
        return try VaultLease(granted: reply, by: login.name)
    }

    /// Prolongs a token's life by as much as it was given at first, or what its limits leave of that.
    func renew(_ token: SecretBytes, within milliseconds: Int) throws(CredentialFailure) -> VaultLease {
        let name = "the token's renewal at auth/token/renew-self"
        let reply = try answer(name, secrets: [token]) { () throws(HTTPTransportError) in
            try connection.post("auth/token/renew-self", SecretJSON.strings([]), token: token, within: milliseconds)
        }
        return try VaultLease(granted: reply, by: name)
    }

    /// Asks how long a token lives.
    func lookUp(_ token: SecretBytes, within milliseconds: Int) throws(CredentialFailure) -> VaultLease {
        let name = "the token's lookup at auth/token/lookup-self"
        let reply = try answer(name, secrets: [token]) { () throws(HTTPTransportError) in
            try connection.get("auth/token/lookup-self", token: token, within: milliseconds)
        }
        return try VaultLease(lookedUp: reply, by: name)
    }

    /// A reply of status 200; throws for every other.
    private func answer(
        _ name: String, secrets: [SecretBytes], _ call: () throws(HTTPTransportError) -> HTTPResponse
    ) throws(CredentialFailure) -> HTTPResponse {
        let reply: HTTPResponse
        do throws(HTTPTransportError) {
            reply = try call()
        } catch {
            throw CredentialFailure(error)
        }
        guard reply.status != 200 else { return reply }
        let refusal = VaultRefusal(reply: reply, secrets: secrets)
        let kind: CredentialFailure.Kind =
            switch reply.status {
            case 400, 401, 403, 404, 405: .rejected
            case 408, 504: .timedOut
            case 429: .throttled
            case 412, 500...: .unavailable
            default: .malformedReply
            }
        throw CredentialFailure(kind, "\(name) was answered with \(refusal.reason)")
    }
}
