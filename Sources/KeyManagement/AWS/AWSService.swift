import HTTPTransport
import Records

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `aws-kms`: AWS Key Management Service.
///
/// Each wrap and unwrap is one call of Encrypt or Decrypt, in the region that the key's ARN names, with the encryption
/// context `{"fieldseal-topic": TOPIC}`. An EDEK's text is the CiphertextBlob in standard base64. Credentials are renewed
/// ahead of their end, and once more when KMS calls them expired or unknown.
public struct AWSService: KeyManagementService {
    private let endpoints: AWSEndpoints
    private let credentials: AWSCredentialCache
    private let client: HTTPClient

    /// Takes the settings; no server is called and no file read yet.
    ///
    /// - Throws: `invalidSettings` where an address or the region is malformed or not safe.
    public init(_ settings: AWSSettings) throws(KeyManagementError) {
        let environment = AWSEnvironment(settings.environment)
        endpoints = try AWSEndpoints(settings, environment)
        client = HTTPClient(
            HTTPClient.Settings(
                caFile: settings.caFile, maximumReplyBytes: 64 * 1024,
                retry: RetryPolicy(maximumAttempts: 2, retryAfterLimitMilliseconds: 500)))
        // What answers is at most one hop away, and where there is none nobody should wait long for it.
        let metadataClient = HTTPClient(
            HTTPClient.Settings(
                caFile: settings.caFile, connectTimeoutMilliseconds: 1_000, attemptTimeoutMilliseconds: 1_500,
                maximumReplyBytes: 64 * 1024, retry: RetryPolicy(maximumAttempts: 2)))
        let service = AWSTokenService(endpoints: endpoints, client: client)
        let source: any AWSCredentialSource =
            switch settings.credentials {
            case .defaultChain:
                AWSCredentialChain(environment, service: service, metadataClient: metadataClient)
            case .profile(let name):
                AWSProfileCredentials(
                    name: name, isNamed: true, environment: environment, service: service,
                    metadataClient: metadataClient)
            case .accessKey(let id, let secret, let token):
                AWSConfiguredKey(id: id, secret: secret, sessionToken: token)
            }
        credentials = AWSCredentialCache(source)
    }

    /// Encrypts a data key's bytes under the key; the EDEK is the base64 of KMS's CiphertextBlob.
    public func wrap(
        _ dataKey: SecretBytes, under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> [UInt8] {
        let target = try Target(key)
        let plaintext = AWSKeyRequest.base64(dataKey)
        let call = Call(
            action: "Encrypt", target: target, topic: topic,
            body: AWSKeyRequest.encrypt(plaintext: plaintext, arn: target.arn, topic: topic), secret: plaintext)
        return try perform(call, within: milliseconds).withUnsafeBytes { (bytes) throws(KeyManagementError) in
            let wrapped = try Self.member("CiphertextBlob", of: bytes, key)
            guard Self.isWrappedText(wrapped) else {
                throw .malformedReply(key: key, reason: "its CiphertextBlob is no base64, or too long")
            }
            return Array(wrapped)
        }
    }

    /// Decrypts an EDEK under the key; KMS refuses one that another key made, or for another topic.
    ///
    /// An alias may have been given to another key since: then KMS is asked for the key that made the EDEK, which must be
    /// of the alias's own account and region.
    public func unwrap(
        _ edek: [UInt8], under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> SecretBytes {
        let target = try Target(key)
        // What passes needs no escaping in JSON, whoever wrote the record.
        guard edek.withUnsafeBytes(Self.isWrappedText) else {
            throw .undecryptable(key: key, reason: "it is not standard base64 of 1 to 6144 bytes")
        }
        let call = Call(
            action: "Decrypt", target: target, topic: topic,
            body: AWSKeyRequest.decrypt(edek: edek, arn: target.arn, topic: topic),
            bodyForAnyKey: target.isAlias ? AWSKeyRequest.decrypt(edek: edek, arn: nil, topic: topic) : nil)
        return try perform(call, within: milliseconds).withUnsafeBytes { (bytes) throws(KeyManagementError) in
            try target.check(keyID: try Self.member("KeyId", of: bytes, key))
            return try SecretJSON.decodeBase64(try Self.member("Plaintext", of: bytes, key), key)
        }
    }

    /// A key and where it is.
    private struct Target {
        let key: KeySecretID
        let arn: String
        let partition: String
        let region: String
        let isAlias: Bool
        /// What the ARN of each key of the same account and region begins with.
        private let keys: String

        init(_ key: KeySecretID) throws(KeyManagementError) {
            guard case .aws(let arn, let region) = key.address else { throw .notConfigured(key: key) }
            self.key = key
            self.arn = arn
            self.region = region
            let parts = arn.split(separator: ":")
            partition = parts.count > 1 ? String(parts[1]) : "aws"
            isAlias = parts.last?.hasPrefix("alias/") ?? false
            keys = parts.dropLast().joined(separator: ":") + ":key/"
        }

        /// Whether KMS used the key that it was to use.
        func check(keyID: UnsafeRawBufferPointer) throws(KeyManagementError) {
            guard isAlias ? keyID.starts(with: keys.utf8) : keyID.elementsEqual(arn.utf8) else {
                throw .undecryptable(
                    key: key, reason: "another key made it, \(BoundedText.printable(keyID))")
            }
        }
    }

    private struct Call {
        let action: String
        let target: Target
        let topic: String
        let body: SecretBytes
        /// The same, to be tried where another key than the one that `body` names made the EDEK.
        var bodyForAnyKey: SecretBytes?
        /// What a server's words must not repeat.
        var secret: SecretBytes?
    }

    /// Sends a call and returns the body of a reply of status 200; throws for every other.
    ///
    /// It is sent again at most once with other credentials, once after a passing failure, and once for any key.
    private func perform(_ call: Call, within milliseconds: Int) throws(KeyManagementError) -> SecretBytes {
        let key = call.target.key
        let deadline = MonotonicClock.milliseconds + milliseconds
        var current: AWSCredentialCache.Current
        do throws(CredentialFailure) {
            current = try credentials.current(within: milliseconds)
        } catch {
            throw CredentialFailure(error.kind, "no AWS credentials: \(error.reason)").error(for: key)
        }
        var body = call.body
        var bodyForAnyKey = call.bodyForAnyKey
        var mayReplace = true
        var mayRepeat = true
        while true {
            let reply = try send(call, body, current.value, until: deadline)
            if reply.status == 200 { return reply.secretBody }
            let refusal = AWSRefusal(reply, secrets: current.value.secrets + (call.secret.map { [$0] } ?? []))
            let left = deadline - MonotonicClock.milliseconds
            if refusal.isOfCredentials, mayReplace, left > 0, let other = replacement(of: current, within: left) {
                mayReplace = false
                current = other
                continue
            }
            if refusal.isOfAnotherKey, let other = bodyForAnyKey {
                (body, bodyForAnyKey) = (other, nil)
                continue
            }
            let pause = Int.random(in: 50...150)
            guard refusal.isWorthRepeating, mayRepeat, pause < left else {
                throw refusal.error(key, action: call.action, topic: call.topic)
            }
            mayRepeat = false
            usleep(UInt32(pause) * 1_000)
        }
    }

    /// Other credentials than those that KMS refuses; nil where there are none, so that its refusal is what is told.
    private func replacement(
        of rejected: AWSCredentialCache.Current, within milliseconds: Int
    ) -> AWSCredentialCache.Current? {
        do throws(CredentialFailure) {
            return try credentials.replacement(of: rejected, within: milliseconds)
        } catch {
            return nil
        }
    }

    private func send(
        _ call: Call, _ body: SecretBytes, _ credentials: AWSCredentials, until deadline: Int
    ) throws(KeyManagementError) -> HTTPResponse {
        let target = call.target
        let left = deadline - MonotonicClock.milliseconds
        guard left > 0 else { throw .timedOut(key: target.key, reason: "no time was left for the call") }
        do throws(HTTPTransportError) {
            return try client.send(
                HTTPRequest(
                    .post, endpoints.kmsURL(partition: target.partition, region: target.region),
                    headers: [
                        HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
                        HTTPHeader("X-Amz-Target", "TrentService.\(call.action)"),
                    ], body: .secret(body),
                    authorization: .awsSigV4(credentials.signingKey(region: target.region, service: "kms")),
                    mayRepeat: true, totalTimeoutMilliseconds: left))
        } catch {
            throw KeyManagementError(error, key: target.key)
        }
    }

    private static func member(
        _ name: String, of reply: UnsafeRawBufferPointer, _ key: KeySecretID
    ) throws(KeyManagementError) -> UnsafeRawBufferPointer {
        do throws(JSONReply.Malformed) {
            if let text = try JSONReply.string(at: [.member(name)], in: reply) { return text }
        } catch {
            throw .malformedReply(key: key, reason: error.reason)
        }
        throw .malformedReply(key: key, reason: "it has no string \(name)")
    }

    /// Standard base64 of a length that KMS takes.
    private static func isWrappedText(_ text: UnsafeRawBufferPointer) -> Bool {
        guard (1...AWSKeyRequest.maximumWrappedLength).contains(text.count) else { return false }
        let room = OutputBuffer(capacity: Base64.decodedCapacity(text.count))
        return Base64.decode(text, into: room.reserve(Base64.decodedCapacity(text.count))) != nil
    }
}
