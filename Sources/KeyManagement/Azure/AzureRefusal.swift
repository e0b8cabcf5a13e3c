import HTTPTransport
import Records

/// A reply of a vault's that is no success, and what it means.
struct AzureRefusal {
    /// What was asked for.
    enum Operation: String {
        case wrap = "wrapkey"
        case unwrap = "unwrapkey"

        /// The permission that it takes.
        var remedy: String {
            switch self {
            case .wrap:
                "the identity needs keys/wrapKey: the data action Microsoft.KeyVault/vaults/keys/wrap/action, or the "
                    + "access policy's Wrap Key"
            case .unwrap:
                "the identity needs keys/unwrapKey: the data action Microsoft.KeyVault/vaults/keys/unwrap/action, or the "
                    + "access policy's Unwrap Key"
            }
        }
    }

    let status: Int
    private let operation: Operation
    /// The inner code, such as `KeyDisabled`, to be compared and never shown.
    private let code: String
    /// The server's message, shortened, printable, and empty where it repeats a secret.
    private let words: String

    /// Reads a reply; `secrets` are those that its words must not repeat.
    init(_ operation: Operation, reply: HTTPResponse, secrets: [SecretBytes]) {
        self.operation = operation
        status = reply.status
        (code, words) = reply.secretBody.withUnsafeBytes { bytes in
            let code = Self.find([.member("error"), .member("innererror"), .member("code")], bytes)
            let message = Self.find([.member("error"), .member("message")], bytes)
            return (
                code.map { String(decoding: $0, as: UTF8.self) } ?? "",
                message.map { ServiceWords.shown($0, without: secrets) } ?? ""
            )
        }
    }

    /// The error that it means for `key`.
    func error(_ key: KeySecretID) -> KeyManagementError {
        let reason = words.isEmpty ? "status \(status)" : "status \(status), \(words)"
        switch status {
        case 400:
            return operation == .wrap
                ? .unusableKey(
                    key: key, reason: "\(reason); wrapping by RSA-OAEP-256 takes a key of type RSA or RSA-HSM")
                : .undecryptable(key: key, reason: reason)
        case 401: return .unauthenticated(key: key, reason: reason)
        case 403: return forbidden(key, reason)
        case 404: return .unknownKey(key: key, reason: "\(reason); check the vault and key in the address")
        case 408, 504: return .timedOut(key: key, reason: reason)
        case 429: return .throttled(key: key, reason: reason)
        case 500...599: return .unavailable(key: key, reason: reason)
        default: return .malformedReply(key: key, reason: reason)
        }
    }

    private func forbidden(_ key: KeySecretID, _ reason: String) -> KeyManagementError {
        switch code {
        case "KeyDisabled", "KeyNotYetValid", "KeyExpired":
            .refused(key: key, reason: "\(reason); the key's version must be enabled, valid now, and not expired")
        case "ForbiddenByFirewall":
            .refused(key: key, reason: "\(reason); the vault's firewall must let this machine in")
        case "KeyOperationForbidden":
            .unusableKey(
                key: key, reason: "\(reason); the key's own list of operations must hold \(operation.rawValue)")
        default: .refused(key: key, reason: "\(reason); \(operation.remedy)")
        }
    }

    private static func find(_ path: [JSONReply.Step], _ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        (try? JSONReply.string(at: path, in: bytes)) ?? nil
    }
}
