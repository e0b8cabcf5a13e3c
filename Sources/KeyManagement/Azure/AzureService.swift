import HTTPTransport
import Records

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `azure-kms`: Azure Key Vault or Managed HSM, version 7.4 of its REST API.
///
/// Each wrap and unwrap is one call of `POST /keys/NAME/VERSION/wrapkey` or `.../unwrapkey` by RSA-OAEP-256. An EDEK is
/// `VERSION:BASE64` (see `AzureWrappedKey`). The first call to a vault carries nothing: the vault answers what a token for
/// it must be for, and gets one only where that is its own domain.
public struct AzureService: KeyManagementService {
    private let vaults: AzureVaults
    private let tokens: AzureTokens
    private let tenant: String?
    private let client: HTTPClient

    private static let apiVersion = "7.4"

    /// Takes the settings; no server is called yet.
    ///
    /// - Throws: `invalidSettings` where an address is malformed.
    public init(_ settings: AzureSettings) throws(KeyManagementError) {
        try self.init(settings) { name in getenv(name).map { String(cString: $0) } }
    }

    /// The same with an environment of the caller's.
    init(_ settings: AzureSettings, environment: (String) -> String?) throws(KeyManagementError) {
        vaults = try AzureVaults(settings)
        client = HTTPClient(
            HTTPClient.Settings(
                caFile: settings.caFile, maximumReplyBytes: 64 * 1024,
                retry: RetryPolicy(maximumAttempts: 2, retryAfterLimitMilliseconds: 500)))
        let login = try AzureLogin(settings, client: client, environment: environment)
        tenant = login.tenant
        tokens = AzureTokens(login)
    }

    /// Wraps a data key's bytes by the version that the address names, else the newest.
    public func wrap(
        _ dataKey: SecretBytes, under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> [UInt8] {
        let call = AzureCall(
            operation: .wrap, key: try AzureKey(key), version: nil, value: dataKey, within: milliseconds)
        let reply = try answer(to: call)
        guard call.key.pinnedVersion == nil || reply.version == call.key.pinnedVersion else {
            throw .malformedReply(key: key, reason: "it names another version of the key than the one asked for")
        }
        return AzureWrappedKey(version: reply.version, ciphertext: reply.value).text
    }

    /// Unwraps an EDEK by the version that it names.
    public func unwrap(
        _ edek: [UInt8], under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> SecretBytes {
        let azureKey = try AzureKey(key)
        guard let wrapped = edek.withUnsafeBytes({ AzureWrappedKey(parsing: $0) }) else {
            throw .undecryptable(key: key, reason: "it is not of the form VERSION:BASE64")
        }
        guard azureKey.pinnedVersion == nil || azureKey.pinnedVersion == wrapped.version else {
            throw .undecryptable(key: key, reason: "it was wrapped by another version than the one in the address")
        }
        let call = AzureCall(
            operation: .unwrap, key: azureKey, version: wrapped.version, value: wrapped.ciphertext,
            within: milliseconds)
        do throws(KeyManagementError) {
            let reply = try answer(to: call)
            guard reply.version == wrapped.version else {
                throw .malformedReply(key: key, reason: "it names another version of the key than the one asked for")
            }
            return reply.value
        } catch {
            guard case .unknownKey = error, azureKey.pinnedVersion == nil, try isKnown(call) else { throw error }
            throw .undecryptable(key: key, reason: "the key has no version \(wrapped.version), which it names")
        }
    }

    /// Whether the key itself exists where a version of it does not: whoever changed an EDEK must not make it look as if
    /// the key were gone.
    private func isKnown(_ call: AzureCall) throws(KeyManagementError) -> Bool {
        do throws(KeyManagementError) {
            _ = try answer(to: call.withNewestVersion)
            return true
        } catch {
            switch error {
            case .unknownKey: return false
            case .undecryptable, .unusableKey: return true
            default: throw error
            }
        }
    }

    /// Makes a call and reads a reply of status 200; throws for every other. A token that is refused is replaced once.
    private func answer(to call: AzureCall) throws(KeyManagementError) -> AzureReply {
        guard let address = vaults.address(of: call.key.host) else {
            throw .foreignHost(key: call.key.id, configured: vaults.names)
        }
        let url = "\(address.base)\(call.path)?api-version=\(Self.apiVersion)"
        var resource = try resource(call, url)
        var isLastTry = false
        while true {
            let credential = tokens.credential(for: resource)
            let token = try self.token(credential, call)
            let reply = try send(
                HTTPRequest(
                    .post, url, headers: [HTTPHeader("Content-Type", "application/json")], body: .secret(call.body),
                    authorization: .bearer(token.value), mayRepeat: true, totalTimeoutMilliseconds: call.left), call)
            if reply.status == 200 {
                return try reply.secretBody.withUnsafeBytes { (bytes) throws(KeyManagementError) in
                    try AzureReply(bytes, call.key)
                }
            }
            if reply.status == 401 {
                credential.discard(token)
                let challenge = try self.challenge(reply, call)
                guard isLastTry else {
                    resource = challenge.resource.base
                    isLastTry = true
                    continue
                }
                throw .unauthenticated(key: call.key.id, reason: reason(challenge))
            }
            throw AzureRefusal(call.operation, reply: reply, secrets: [token.value, call.body]).error(call.key.id)
        }
    }

    /// What a token for the call's vault must be for: as it has said before, else asked by a call that carries nothing.
    private func resource(_ call: AzureCall, _ url: String) throws(KeyManagementError) -> String {
        if let known = tokens.resource(of: call.key.host) { return known }
        let reply = try send(
            HTTPRequest(.post, url, mayRepeat: true, totalTimeoutMilliseconds: call.left), call)
        guard reply.status == 401 else {
            guard reply.status >= 300 else {
                throw .malformedReply(key: call.key.id, reason: "the vault answers without asking who calls")
            }
            throw AzureRefusal(call.operation, reply: reply, secrets: []).error(call.key.id)
        }
        return try challenge(reply, call).resource.base
    }

    /// The challenge of a reply of status 401, remembered; throws where the vault may not ask for that.
    private func challenge(_ reply: HTTPResponse, _ call: AzureCall) throws(KeyManagementError) -> AzureChallenge {
        guard let header = reply.header("www-authenticate"), let challenge = AzureChallenge(header) else {
            throw .unauthenticated(
                key: call.key.id, reason: "status 401, and the vault does not say for what a token must be")
        }
        guard AzureVaults.isResource(challenge.resource, of: call.key.host) else {
            throw .unauthenticated(
                key: call.key.id,
                reason:
                    "the vault asks for a token for \(BoundedText.quoted(challenge.resource.base)), which is not its "
                    + "own domain: it got none")
        }
        tokens.remember(challenge.resource.base, of: call.key.host)
        return challenge
    }

    private func reason(_ challenge: AzureChallenge) -> String {
        guard let tenant, let asked = challenge.tenant, asked != tenant else {
            return "status 401, and the vault does not take a new token either"
        }
        return
            "status 401; the vault belongs to the tenant \(BoundedText.quoted(asked)), and the login is of the tenant "
            + BoundedText.quoted(tenant)
    }

    private func token(
        _ credential: RenewedCredential<SecretBytes>, _ call: AzureCall
    ) throws(KeyManagementError) -> RenewedCredential<SecretBytes>.Current {
        do throws(CredentialFailure) {
            return try credential.current(within: call.left)
        } catch {
            throw error.error(for: call.key.id)
        }
    }

    private func send(_ request: HTTPRequest, _ call: AzureCall) throws(KeyManagementError) -> HTTPResponse {
        do throws(HTTPTransportError) {
            return try client.send(request)
        } catch {
            throw KeyManagementError(error, key: call.key.id)
        }
    }
}
