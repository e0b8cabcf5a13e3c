import HTTPTransport
import Records

/// A reply of AWS KMS that is no success, what it means, and what to do about it.
struct AWSRefusal {
    private let status: Int
    /// AWS's name of the error, such as `NotFoundException`; empty where the reply has none.
    private let code: String
    /// What AWS says, whole, to be looked into and never shown.
    private let said: String
    /// The same, shortened, printable, and empty where it repeats a secret.
    private let words: String

    /// Reads a reply in JSON, or in XML as some front doors of AWS have it; `secrets` are those that its words must not repeat.
    init(_ reply: HTTPResponse, secrets: [SecretBytes]) {
        status = reply.status
        let header = reply.header("x-amzn-errortype")
        (code, said, words) = reply.secretBody.withUnsafeBytes { bytes in
            func member(_ name: String) -> UnsafeRawBufferPointer? {
                try? JSONReply.string(at: [.member(name)], in: bytes)
            }
            // A prefix names the service's API, and what follows a colon its documentation.
            let type = member("__type") ?? XMLReply.text(of: "Code", in: bytes)
            let named = type.map { String(decoding: $0, as: UTF8.self) } ?? header ?? ""
            let code = named.prefix { $0 != ":" }.split(separator: "#").last.map(String.init) ?? ""
            let message = member("message") ?? member("Message") ?? XMLReply.text(of: "Message", in: bytes)
            return (
                BoundedText.printable(code.utf8), message.map { String(decoding: $0, as: UTF8.self) } ?? "",
                message.map { ServiceWords.shown($0, without: secrets) } ?? ""
            )
        }
    }

    /// Whether other credentials may help: these have ended, were replaced, or are none.
    var isOfCredentials: Bool {
        switch code {
        case "ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId",
            "InvalidToken", "InvalidAccessKeyId", "RequestExpired":
            true
        case "InvalidSignatureException", "SignatureDoesNotMatch": !isOfClock
        default: false
        }
    }

    /// Whether another key than the one that was named made the EDEK.
    var isOfAnotherKey: Bool { code == "IncorrectKeyException" }

    /// Whether the same call may succeed at once: KMS tells of both with statuses that are not retried by themselves.
    var isWorthRepeating: Bool {
        switch code {
        case "ThrottlingException", "Throttling", "RequestLimitExceeded", "KMSInternalException", "InternalFailure",
            "KeyUnavailableException":
            true
        default: false
        }
    }

    /// The error; `action` is `Encrypt` or `Decrypt`.
    func error(_ key: KeySecretID, action: String, topic: String) -> KeyManagementError {
        func reason(_ remedy: String = "") -> String {
            let code = code.isEmpty ? "status \(status)" : code
            return (words.isEmpty ? code : "\(code), \(words)") + (remedy.isEmpty ? "" : "; \(remedy)")
        }
        switch code {
        case "NotFoundException":
            return .unknownKey(key: key, reason: reason("check the region, account and key id or alias in the address"))
        case "AccessDeniedException", "AccessDenied", "NotAuthorized", "OptInRequired":
            return .refused(
                key: key,
                reason: reason(
                    "allow kms:\(action) on this key with the encryption context fieldseal-topic="
                        + "\(BoundedText.printable(topic.utf8)), in the identity's policy or the key's"))
        case "DisabledException": return .refused(key: key, reason: reason("enable the key in KMS"))
        case "KMSInvalidStateException": return state(key, reason)
        case "InvalidKeyUsageException":
            return .unusableKey(key: key, reason: reason("a symmetric key for encryption is needed"))
        case "InvalidCiphertextException", "IncorrectKeyException":
            return .undecryptable(key: key, reason: reason())
        case "InvalidArnException", "ValidationException", "InvalidGrantTokenException",
            "UnsupportedOperationException", "SerializationException":
            return action == "Decrypt" && code != "InvalidArnException"
                ? .undecryptable(key: key, reason: reason()) : .unusableKey(key: key, reason: reason())
        case "ThrottlingException", "Throttling", "RequestLimitExceeded", "LimitExceededException":
            return .throttled(key: key, reason: reason("raise KMS's request quota, or keyTtlMs, or use fewer keys"))
        case "DependencyTimeoutException": return .timedOut(key: key, reason: reason())
        case "KMSInternalException", "InternalFailure", "KeyUnavailableException", "ServiceUnavailableException",
            "ServiceUnavailable":
            return .unavailable(key: key, reason: reason())
        default: return credentialError(key, reason) ?? statusError(key, reason)
        }
    }

    /// Some states pass by themselves; in the others someone has taken the key away.
    private func state(_ key: KeySecretID, _ reason: (String) -> String) -> KeyManagementError {
        if said.contains("pending deletion") {
            return .refused(key: key, reason: reason("cancel the key's deletion if its records are still needed"))
        }
        if said.contains("pending import") { return .refused(key: key, reason: reason("import the key's material")) }
        if said.contains("disabled") { return .refused(key: key, reason: reason("enable the key in KMS")) }
        return .unavailable(key: key, reason: reason("look at the key's state in KMS"))
    }

    private func credentialError(_ key: KeySecretID, _ reason: (String) -> String) -> KeyManagementError? {
        switch code {
        case "ExpiredTokenException", "ExpiredToken", "RequestExpired":
            return .unauthenticated(key: key, reason: reason("renew the temporary credentials"))
        case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidToken", "InvalidAccessKeyId":
            return .unauthenticated(
                key: key, reason: reason("check the access key id, and the session token if it is temporary"))
        case "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "RequestInTheFuture":
            return .unauthenticated(
                key: key,
                reason: reason(
                    isOfClock
                        ? "set this machine's clock, which is off by minutes"
                        : "check that the secret access key belongs to the access key id"))
        case "IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken",
            "MissingAuthenticationTokenException", "AuthFailure", "CredentialDateMismatch":
            return .unauthenticated(key: key, reason: reason(""))
        default: return nil
        }
    }

    private func statusError(_ key: KeySecretID, _ reason: (String) -> String) -> KeyManagementError {
        switch status {
        case 408, 504: .timedOut(key: key, reason: reason(""))
        case 429: .throttled(key: key, reason: reason(""))
        case 500...: .unavailable(key: key, reason: reason(""))
        default: .malformedReply(key: key, reason: reason(code.isEmpty ? "is this AWS KMS, or a proxy before it?" : ""))
        }
    }

    private var isOfClock: Bool {
        code == "RequestTimeTooSkewed" || code == "RequestInTheFuture" || said.contains("Signature expired")
            || said.contains("Signature not yet current")
    }
}
