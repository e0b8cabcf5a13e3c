import HTTPTransport
import Records

/// `vault-kms`: the Transit secrets engine of HashiCorp Vault or OpenBao.
///
/// Each wrap and unwrap is one call of `POST /v1/MOUNT/encrypt/NAME` or `.../decrypt/NAME`. The data key's bytes pass
/// through memory that is wiped, here and in `HTTPTransport`; the buffers of libcurl and of its TLS library are theirs.
public struct VaultService: KeyManagementService {
    private let endpoint: VaultEndpoint
    private let namespace: String?
    private let token: SecretSource
    private let client: HTTPClient

    /// The longest EDEK that is taken from or sent to the server, in bytes; Transit's own have about 100.
    private static let maximumWrappedLength = 4096

    /// Takes the settings; the server is not called yet.
    ///
    /// - Throws: `invalidSettings` where the URI or an alias is malformed.
    public init(_ settings: VaultSettings) throws(KeyManagementError) {
        endpoint = try VaultEndpoint(settings)
        guard settings.namespace?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) ?? true else {
            throw .invalidSettings(reason: "the Vault namespace holds a space or a character that is not ASCII")
        }
        namespace = settings.namespace
        switch settings.authentication {
        case .token(let source): token = source
        }
        client = HTTPClient(
            HTTPClient.Settings(
                caFile: settings.caFile, certificateFile: settings.certificateFile, keyFile: settings.keyFile,
                maximumReplyBytes: 64 * 1024,
                retry: RetryPolicy(maximumAttempts: 2, retryAfterLimitMilliseconds: 500)))
    }

    /// Encrypts a data key's bytes by Transit; the EDEK is its text, `vault:vN:...`.
    public func wrap(
        _ dataKey: SecretBytes, under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> [UInt8] {
        let body = dataKey.withUnsafeBytes { bytes in
            SecretJSON.object(member: "plaintext") { out in
                let length = Base64.encodedCount(bytes.count)
                Base64.encode(bytes, into: out.reserve(length))
                out.commit(length)
            }
        }
        let reply = try call("encrypt", key, body, within: milliseconds)
        return try reply.secretBody.withUnsafeBytes { (bytes) throws(KeyManagementError) in
            let wrapped = try Self.member("ciphertext", of: bytes, key)
            guard Self.isWrappedText(wrapped) else {
                throw .malformedReply(key: key, reason: "its ciphertext is not of the form vault:vN:base64")
            }
            return Array(wrapped)
        }
    }

    /// Decrypts an EDEK by Transit.
    public func unwrap(
        _ edek: [UInt8], under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> SecretBytes {
        // What passes needs no escaping in JSON, whoever wrote the record.
        guard edek.withUnsafeBytes(Self.isWrappedText) else {
            throw .undecryptable(key: key, reason: "it is not of the form vault:vN:base64")
        }
        let body = SecretJSON.object(member: "ciphertext") { $0.append(edek) }
        let reply = try call("decrypt", key, body, within: milliseconds)
        return try reply.secretBody.withUnsafeBytes { (bytes) throws(KeyManagementError) in
            let text = try Self.member("plaintext", of: bytes, key)
            return try SecretJSON.decodeBase64(text, key)
        }
    }

    /// Sends one request and returns a reply of status 200; throws for every other.
    private func call(
        _ operation: String, _ key: KeySecretID, _ body: SecretBytes, within milliseconds: Int
    ) throws(KeyManagementError) -> HTTPResponse {
        guard case .vault(let host, let mount, let name) = key.address else { throw .notConfigured(key: key) }
        guard endpoint.isNamed(host) else { throw .foreignHost(key: key, configured: endpoint.names) }
        let token: SecretBytes
        do throws(SecretSource.Unreadable) {
            token = try self.token.read()
        } catch {
            throw .unauthenticated(key: key, reason: error.reason)
        }
        guard token.withUnsafeBytes({ $0.allSatisfy { (0x21...0x7E).contains($0) } }) else {
            throw .unauthenticated(
                key: key, reason: "the token holds a space, a newline or a character that is not ASCII")
        }
        let request = HTTPRequest(
            .post, "\(endpoint.base)/\(mount)/\(operation)/\(name)",
            headers: headers(token) + [HTTPHeader("Content-Type", "application/json")], body: .secret(body),
            mayRepeat: true, totalTimeoutMilliseconds: milliseconds)
        let reply = try send(request, key)
        guard reply.status == 200 else {
            throw try VaultRefusal(reply: reply, secrets: [token, body]).error(key) { () throws(KeyManagementError) in
                try isTokenRejected(token, key, within: milliseconds)
            }
        }
        return reply
    }

    /// Whether a 403 meant the token rather than the policy: Vault gives the same status to both.
    private func isTokenRejected(
        _ token: SecretBytes, _ key: KeySecretID, within milliseconds: Int
    ) throws(KeyManagementError) -> Bool {
        let request = HTTPRequest(
            .get, "\(endpoint.base)/auth/token/lookup-self", headers: headers(token),
            totalTimeoutMilliseconds: milliseconds)
        let reply = try send(request, key)
        guard reply.status != 200 else { return false }
        // A valid token without the default policy may not look itself up; only then the server counts the errors of
        // its policies and does not call the token invalid.
        let refusal = VaultRefusal(reply: reply, secrets: [token])
        return !refusal.says("1 error occurred") || refusal.says("invalid token")
    }

    private func headers(_ token: SecretBytes) -> [HTTPHeader] {
        // The last makes a proxy or agent of Vault's refuse requests that were not meant for it.
        [HTTPHeader("X-Vault-Token", secret: token), HTTPHeader("X-Vault-Request", "true")]
            + (namespace.map { [HTTPHeader("X-Vault-Namespace", $0)] } ?? [])
    }

    private func send(_ request: HTTPRequest, _ key: KeySecretID) throws(KeyManagementError) -> HTTPResponse {
        do throws(HTTPTransportError) {
            return try client.send(request)
        } catch {
            throw KeyManagementError(error, key: key)
        }
    }

    private static func member(
        _ name: String, of reply: UnsafeRawBufferPointer, _ key: KeySecretID
    ) throws(KeyManagementError) -> UnsafeRawBufferPointer {
        do throws(JSONReply.Malformed) {
            if let text = try JSONReply.string(at: [.member("data"), .member(name)], in: reply) { return text }
        } catch {
            throw .malformedReply(key: key, reason: error.reason)
        }
        throw .malformedReply(key: key, reason: "it has no string data.\(name)")
    }

    /// `vault:vN:` and base64: Transit's form for keys that are not derived.
    private static func isWrappedText(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count <= maximumWrappedLength, text.starts(with: "vault:v".utf8) else { return false }
        let rest = text.dropFirst("vault:v".utf8.count)
        let version = rest.prefix { (48...57).contains($0) }
        guard (1...10).contains(version.count), rest.dropFirst(version.count).first == UInt8(ascii: ":") else {
            return false
        }
        let payload = rest.dropFirst(version.count + 1)
        return !payload.isEmpty
            && payload.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
    }
}
