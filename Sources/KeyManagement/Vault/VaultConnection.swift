import HTTPTransport
import Records

/// The way to one Vault server in one namespace.
struct VaultConnection: Sendable {
    let endpoint: VaultEndpoint
    private let namespace: String?
    private let client: HTTPClient

    /// Takes the settings; the server is not called yet. Throws where the URI, an alias or the namespace is malformed.
    init(_ settings: VaultSettings) throws(KeyManagementError) {
        endpoint = try VaultEndpoint(settings)
        guard settings.namespace?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) ?? true else {
            throw .invalidSettings(reason: "the Vault namespace holds a space or a character that is not ASCII")
        }
        namespace = settings.namespace
        client = HTTPClient(
            HTTPClient.Settings(
                caFile: settings.caFile, certificateFile: settings.certificateFile, keyFile: settings.keyFile,
                maximumReplyBytes: 64 * 1024,
                retry: RetryPolicy(maximumAttempts: 2, retryAfterLimitMilliseconds: 500)))
    }

    /// Posts a JSON body to `path`, below `/v1/`; what Vault makes of it must be the same when it comes twice.
    func post(
        _ path: String, _ body: SecretBytes?, token: SecretBytes?, within milliseconds: Int
    ) throws(HTTPTransportError) -> HTTPResponse {
        try client.send(
            HTTPRequest(
                .post, "\(endpoint.base)/\(path)",
                headers: headers(token) + [HTTPHeader("Content-Type", "application/json")],
                body: body.map { .secret($0) } ?? .none, mayRepeat: true, totalTimeoutMilliseconds: milliseconds))
    }

    /// Gets `path`, below `/v1/`.
    func get(
        _ path: String, token: SecretBytes, within milliseconds: Int
    ) throws(HTTPTransportError) -> HTTPResponse {
        try client.send(
            HTTPRequest(
                .get, "\(endpoint.base)/\(path)", headers: headers(token), totalTimeoutMilliseconds: milliseconds))
    }

    private func headers(_ token: SecretBytes?) -> [HTTPHeader] {
        // The second makes a proxy or agent of Vault's refuse requests that were not meant for it.
        (token.map { [HTTPHeader("X-Vault-Token", secret: $0)] } ?? []) + [HTTPHeader("X-Vault-Request", "true")]
            + (namespace.map { [HTTPHeader("X-Vault-Namespace", $0)] } ?? [])
    }
}
