import HTTPTransport
import Records

/// A reply of Cloud KMS's that is no success, and what it means.
struct GCPRefusal {
    /// What was asked for.
    enum Operation: String {
        case encrypt
        case decrypt

        /// The permission that it takes, and the smallest role that has it.
        var remedy: String {
            switch self {
            case .encrypt:
                "the account needs the permission cloudkms.cryptoKeyVersions.useToEncrypt on this key, as the role "
                    + "roles/cloudkms.cryptoKeyEncrypter has"
            case .decrypt:
                "the account needs the permission cloudkms.cryptoKeyVersions.useToDecrypt on this key, as the role "
                    + "roles/cloudkms.cryptoKeyDecrypter has"
            }
        }
    }

    let status: Int
    private let operation: Operation
    /// The code in the reply, such as `PERMISSION_DENIED` (google.rpc.Code), to be compared and never shown.
    private let code: String
    /// The server's message, whole, to be looked into and never shown.
    private let said: String
    /// The same, shortened, printable, and empty where it repeats a secret.
    private let words: String

    /// Reads a reply; `secrets` are those that its words must not repeat.
    init(_ operation: Operation, reply: HTTPResponse, secrets: [SecretBytes]) {
        self.operation = operation
        status = reply.status
        (code, said, words) = reply.secretBody.withUnsafeBytes { bytes in
            let code = (try? JSONReply.string(at: [.member("error"), .member("status")], in: bytes)) ?? nil
            let message = (try? JSONReply.string(at: [.member("error"), .member("message")], in: bytes)) ?? nil
            return (
                code.map { String(decoding: $0, as: UTF8.self) } ?? "",
                message.map { String(decoding: $0, as: UTF8.self) } ?? "",
                message.map { ServiceWords.shown($0, without: secrets) } ?? ""
            )
        }
    }

    /// The error that it means for `key`.
    func error(_ key: KeySecretID) -> KeyManagementError {
        let reason = words.isEmpty ? "status \(status)" : "status \(status), \(words)"
        switch status {
        case 400: return badRequest(key, reason)
        case 401:
            return .unauthenticated(
                key: key, reason: "\(reason); the account's key may be gone, or this machine's clock wrong")
        case 403: return .refused(key: key, reason: "\(reason); \(operation.remedy)")
        case 404:
            return .unknownKey(
                key: key, reason: "\(reason); check the project, location, key ring and key in the address")
        case 408, 499, 504: return .timedOut(key: key, reason: reason)
        case 429: return .throttled(key: key, reason: "\(reason); the project's quota of Cloud KMS calls is used up")
        case 500...599: return .unavailable(key: key, reason: reason)
        default: return .malformedReply(key: key, reason: reason)
        }
    }

    private func badRequest(_ key: KeySecretID, _ reason: String) -> KeyManagementError {
        if code == "FAILED_PRECONDITION" {
            return said.contains("not enabled")
                ? .refused(key: key, reason: "\(reason); the key's version must be enabled")
                : .unusableKey(key: key, reason: "\(reason); the key's purpose must be ENCRYPT_DECRYPT")
        }
        // A request that was changed on its way is worth another try.
        if said.lowercased().contains("crc32c") || said.lowercased().contains("checksum") {
            return .malformedReply(key: key, reason: reason)
        }
        switch operation {
        case .encrypt: return .unusableKey(key: key, reason: reason)
        case .decrypt: return .undecryptable(key: key, reason: reason)
        }
    }
}
