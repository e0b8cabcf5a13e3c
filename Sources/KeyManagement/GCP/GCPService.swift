import Cryptography
import HTTPTransport
import Records

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `gcp-kms`: Google Cloud Key Management Service, version 1 of its REST API.
///
/// Each wrap and unwrap is one call of `POST /v1/projects/.../cryptoKeys/NAME:encrypt` or `:decrypt`, with CRC-32C
/// checksums of what is sent and of what comes back. An EDEK is the ciphertext in base64.
public struct GCPService: KeyManagementService {
    private let endpoint: ServiceAddress
    private let token: RenewedCredential<SecretBytes>
    private let client: HTTPClient

    /// The longest EDEK that is taken from or sent to the service, in characters; those of data keys have about 150.
    private static let maximumWrappedLength = 4096

    /// Takes the settings and reads a credentials file; no server is called yet.
    ///
    /// - Throws: `invalidSettings` where an address is malformed or a credentials file can't be used.
    public init(_ settings: GCPSettings) throws(KeyManagementError) {
        try self.init(settings) { name in getenv(name).map { String(cString: $0) } }
    }

    /// The same with an environment of the caller's.
    init(_ settings: GCPSettings, environment: (String) -> String?) throws(KeyManagementError) {
        guard let endpoint = ServiceAddress(parsing: settings.endpoint) else {
            throw .invalidSettings(
                reason: "the Cloud KMS address \(BoundedText.quoted(settings.endpoint)) is not http:// or https:// "
                    + "followed by HOST[:PORT]")
        }
        guard endpoint.isSecure || endpoint.isLoopback || settings.allowsInsecure else {
            throw .invalidSettings(
                reason: "the Cloud KMS address \(BoundedText.quoted(settings.endpoint)) is an http address beyond this "
                    + "machine")
        }
        self.endpoint = endpoint
        client = HTTPClient(
            HTTPClient.Settings(
                caFile: settings.caFile, maximumReplyBytes: 128 * 1024,
                retry: RetryPolicy(maximumAttempts: 2, retryAfterLimitMilliseconds: 500)))
        let login = try GCPLogin(settings, client: client, environment: environment)
        token = RenewedCredential { (milliseconds) throws(CredentialFailure) in
            try login.logIn(within: milliseconds)
        }
    }

    /// Encrypts a data key's bytes.
    public func wrap(
        _ dataKey: SecretBytes, under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> [UInt8] {
        let resource = try Self.resource(key)
        let body = dataKey.withUnsafeBytes { bytes in
            SecretJSON.object(
                ("plaintext", { Self.appendBase64(bytes, to: $0) }),
                ("plaintextCrc32c", { $0.append(decimal: Int(CRC32C.checksum(bytes))) }))
        }
        let reply = try call(.encrypt, key, resource, body, within: milliseconds)
        return try reply.secretBody.withUnsafeBytes { (bytes) throws(KeyManagementError) in
            let reply = GCPReply(key: key, bytes: bytes)
            try reply.checkName(resource)
            guard try reply.isTrue("verifiedPlaintextCrc32c") else {
                throw reply.malformed("it does not say that the data key arrived whole")
            }
            let text = try reply.string("ciphertext")
            guard let ciphertext = Self.ciphertext(text) else { throw reply.malformed("its ciphertext is no base64") }
            try reply.check("ciphertextCrc32c", of: ciphertext)
            return Array(text)
        }
    }

    /// Decrypts an EDEK.
    public func unwrap(
        _ edek: [UInt8], under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> SecretBytes {
        let resource = try Self.resource(key)
        // What passes needs no escaping in JSON, whoever wrote the record.
        guard let ciphertext = edek.withUnsafeBytes(Self.ciphertext) else {
            throw .undecryptable(key: key, reason: "it is no base64")
        }
        let sum = ciphertext.withUnsafeBytes { CRC32C.checksum($0) }
        let body = SecretJSON.object(
            ("ciphertext", { $0.append(edek) }), ("ciphertextCrc32c", { $0.append(decimal: Int(sum)) }))
        let reply = try call(.decrypt, key, resource, body, within: milliseconds)
        return try reply.secretBody.withUnsafeBytes { (bytes) throws(KeyManagementError) in
            let reply = GCPReply(key: key, bytes: bytes)
            let plaintext = try SecretJSON.decodeBase64(try reply.string("plaintext"), key)
            try reply.check("plaintextCrc32c", of: plaintext)
            return plaintext
        }
    }

    /// Sends one request and returns a reply of status 200; throws for every other. A token that is refused is replaced
    /// once.
    private func call(
        _ operation: GCPRefusal.Operation, _ key: KeySecretID, _ resource: String, _ body: SecretBytes,
        within milliseconds: Int
    ) throws(KeyManagementError) -> HTTPResponse {
        let end = MonotonicClock.milliseconds + max(1, min(milliseconds, 86_400_000))
        var isLastTry = false
        while true {
            let token = try currentToken(key, until: end)
            let request = HTTPRequest(
                .post, "\(endpoint.base)/v1/\(resource):\(operation.rawValue)",
                headers: [HTTPHeader("Content-Type", "application/json")], body: .secret(body),
                authorization: .bearer(token.value), mayRepeat: true, totalTimeoutMilliseconds: Self.left(until: end))
            let reply = try send(request, key)
            if reply.status == 200 { return reply }
            if reply.status == 401 {
                self.token.discard(token)
                if !isLastTry {
                    isLastTry = true
                    continue
                }
            }
            throw GCPRefusal(operation, reply: reply, secrets: [token.value, body]).error(key)
        }
    }

    private func currentToken(
        _ key: KeySecretID, until end: Int
    ) throws(KeyManagementError) -> RenewedCredential<SecretBytes>.Current {
        do throws(CredentialFailure) {
            return try token.current(within: Self.left(until: end))
        } catch {
            throw error.error(for: key)
        }
    }

    private func send(_ request: HTTPRequest, _ key: KeySecretID) throws(KeyManagementError) -> HTTPResponse {
        do throws(HTTPTransportError) {
            return try client.send(request)
        } catch {
            throw KeyManagementError(error, key: key)
        }
    }

    private static func resource(_ key: KeySecretID) throws(KeyManagementError) -> String {
        guard case .gcp(let resource) = key.address else { throw .notConfigured(key: key) }
        return resource
    }

    private static func left(until end: Int) -> Int { max(1, end - MonotonicClock.milliseconds) }

    private static func appendBase64(_ bytes: UnsafeRawBufferPointer, to out: OutputBuffer) {
        let length = Base64.encodedCount(bytes.count)
        Base64.encode(bytes, into: out.reserve(length))
        out.commit(length)
    }

    /// The ciphertext that an EDEK's text spells; nil where it is no base64, empty or too long.
    private static func ciphertext(_ text: UnsafeRawBufferPointer) -> SecretBytes? {
        guard (1...maximumWrappedLength).contains(text.count) else { return nil }
        let out = OutputBuffer(capacity: text.count)
        guard let count = Base64.decode(text, into: out.reserve(text.count)), count > 0 else { return nil }
        out.commit(count)
        return SecretBytes(copying: out.bytes)
    }
}
