import HTTPTransport
import Records

/// A reply of Vault's that is no success, and what it means.
struct VaultRefusal {
    let status: Int
    /// The server's first error, whole, to be looked into and never shown.
    private let said: String
    /// The same, shortened, printable, and empty where it repeats a secret.
    private let words: String

    /// Reads a reply; `secrets` are those that its words must not repeat.
    init(reply: HTTPResponse, secrets: [SecretBytes]) {
        status = reply.status
        let path: [JSONReply.Step] = [.member("errors"), .element(0)]
        (said, words) = reply.secretBody.withUnsafeBytes { bytes in
            guard let found = try? JSONReply.string(at: path, in: bytes) else { return ("", "") }
            return (String(decoding: found, as: UTF8.self), ServiceWords.shown(found, without: secrets))
        }
    }

    /// Whether the server's first error contains `text`.
    func says(_ text: String) -> Bool { said.contains(text) }

    /// The status and the server's words, for people.
    var reason: String { words.isEmpty ? "status \(status)" : "status \(status), \(words)" }

    /// The error; `isTokenRejected` tells what a 403 means.
    func error(_ key: KeySecretID, isTokenRejected: Bool) -> KeyManagementError {
        switch status {
        case 400: badRequest(key, reason)
        case 401: .unauthenticated(key: key, reason: reason)
        case 403: isTokenRejected ? .unauthenticated(key: key, reason: reason) : .refused(key: key, reason: reason)
        case 404, 405: .unknownKey(key: key, reason: reason)
        case 408, 504: .timedOut(key: key, reason: reason)
        case 412, 500...: .unavailable(key: key, reason: reason)
        case 429: .throttled(key: key, reason: reason)
        default: .malformedReply(key: key, reason: reason)
        }
    }

    /// Transit says by its words alone what a 400 is about.
    private func badRequest(_ key: KeySecretID, _ reason: String) -> KeyManagementError {
        if says("key not found") { return .unknownKey(key: key, reason: reason) }
        if says("disallowed by policy") || says("soft-deleted key") { return .refused(key: key, reason: reason) }
        if says("not supported") { return .unusableKey(key: key, reason: reason) }
        if says("ciphertext") || says("authentication failed") {
            return .undecryptable(key: key, reason: reason)
        }
        return .unusableKey(key: key, reason: reason)
    }
}
