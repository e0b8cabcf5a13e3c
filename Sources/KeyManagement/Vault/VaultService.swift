import HTTPTransport
import Logging
import Records

/// `vault-kms`: the Transit secrets engine of HashiCorp Vault or OpenBao.
///
/// Each wrap and unwrap is one call of `POST /v1/MOUNT/encrypt/NAME` or `.../decrypt/NAME`. The data key's bytes pass
/// through memory that is wiped, here and in `HTTPTransport`; the buffers of libcurl and of its TLS library are theirs.
public struct VaultService: KeyManagementService {
    private let connection: VaultConnection
    private let tokens: any VaultTokenSource

    /// The longest EDEK that is taken from or sent to the server, in bytes; Transit's own have about 100.
    private static let maximumWrappedLength = 4096

    /// Takes the settings; the server is not called yet.
    ///
    /// - Throws: `invalidSettings` where the URI, an alias or what is said of the login is malformed.
    public init(
        _ settings: VaultSettings, logger: Logger = Logger(label: "fieldseal.kms")
    ) throws(KeyManagementError) {
        connection = try VaultConnection(settings)
        let authority = VaultAuthority(connection: connection)
        if case .token(let source) = settings.authentication {
            tokens = VaultGivenToken(source, authority, logger: logger)
        } else if let login = try VaultLogin(settings.authentication) {
            tokens = VaultLoginSession(login, authority, logger: logger)
        } else {
            throw .invalidSettings(reason: "Vault has neither a token nor a login")
        }
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
    ///
    /// Where the server does not accept the token, it is sent once more with another one, if that can be had.
    private func call(
        _ operation: String, _ key: KeySecretID, _ body: SecretBytes, within milliseconds: Int
    ) throws(KeyManagementError) -> HTTPResponse {
        guard case .vault(let host, let mount, let name) = key.address else { throw .notConfigured(key: key) }
        guard connection.endpoint.isNamed(host) else {
            throw .foreignHost(key: key, configured: connection.endpoint.names)
        }
        let end = MonotonicClock.milliseconds + max(0, min(milliseconds, 86_400_000))
        let path = "\(mount)/\(operation)/\(name)"
        var isLast = false
        while true {
            let token: VaultToken
            do throws(CredentialFailure) {
                token = try tokens.current(within: end - MonotonicClock.milliseconds)
            } catch {
                throw error.error(for: key)
            }
            do throws(KeyManagementError) {
                return try send(path, key, body, token.bytes, until: end)
            } catch {
                guard case .unauthenticated = error, !isLast, tokens.reject(token) else { throw error }
                isLast = true
            }
        }
    }

    private func send(
        _ path: String, _ key: KeySecretID, _ body: SecretBytes, _ token: SecretBytes, until end: Int
    ) throws(KeyManagementError) -> HTTPResponse {
        let refusal: VaultRefusal
        let isTokenRejected: Bool
        do throws(HTTPTransportError) {
            let reply = try connection.post(path, body, token: token, within: end - MonotonicClock.milliseconds)
            guard reply.status != 200 else { return reply }
            refusal = VaultRefusal(reply: reply, secrets: [token, body])
            isTokenRejected = reply.status == 403 ? try self.isTokenRejected(token, until: end) : false
        } catch {
            throw KeyManagementError(error, key: key)
        }
        throw refusal.error(key, isTokenRejected: isTokenRejected)
    }

    /// Whether a 403 meant the token rather than the policy: Vault gives the same status to both.
    private func isTokenRejected(_ token: SecretBytes, until end: Int) throws(HTTPTransportError) -> Bool {
        let reply = try connection.get(
            "auth/token/lookup-self", token: token, within: end - MonotonicClock.milliseconds)
        guard reply.status != 200 else { return false }
        // A valid token without the default policy may not look itself up; only then the server counts the errors of
        // its policies and does not call the token invalid.
        let refusal = VaultRefusal(reply: reply, secrets: [token])
        return !refusal.says("1 error occurred") || refusal.says("invalid token")
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
