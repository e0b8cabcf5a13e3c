import HTTPTransport
import Records

/// What a server says of a token: how long it lives, and whether that may be prolonged.
struct VaultLease: Sendable {
    /// The token; nil in a reply that has none, such as one to a lookup.
    let token: SecretBytes?
    /// From now, in milliseconds; nil where it has no end.
    let lifetimeMilliseconds: Int?
    let isRenewable: Bool

    /// The longest token that is taken, in bytes; Vault's own have about 100, batch tokens a few hundred.
    private static let maximumTokenLength = 8192

    /// Reads the reply to a login or a renewal (`auth`).
    init(granted reply: HTTPResponse, by name: String) throws(CredentialFailure) {
        try self.init(reply, section: "auth", lifetime: "lease_duration", by: name)
        guard token != nil else { throw Self.malformed(name, "it has no string auth.client_token") }
    }

    /// Reads the reply to a lookup (`data`).
    init(lookedUp reply: HTTPResponse, by name: String) throws(CredentialFailure) {
        try self.init(reply, section: "data", lifetime: "ttl", by: name)
    }

    private init(
        _ reply: HTTPResponse, section: String, lifetime: String, by name: String
    ) throws(CredentialFailure) {
        let found = reply.secretBody.withUnsafeBytes { bytes -> Result<(SecretBytes?, Int, Bool), CredentialFailure> in
            do throws(JSONReply.Malformed) {
                let token = try JSONReply.string(at: [.member(section), .member("client_token")], in: bytes)
                let seconds = try JSONReply.literal(at: [.member(section), .member(lifetime)], in: bytes)
                let renewable = try JSONReply.literal(at: [.member(section), .member("renewable")], in: bytes)
                if let token, !Self.isToken(token) {
                    return .failure(
                        Self.malformed(name, "its token is too long or holds a character that is not plain"))
                }
                guard let seconds, let number = Self.seconds(seconds) else {
                    return .failure(Self.malformed(name, "it does not say how long the token lives"))
                }
                return .success(
                    (token.map { SecretBytes(copying: $0) }, number, renewable?.elementsEqual("true".utf8) ?? false))
            } catch {
                return .failure(Self.malformed(name, error.reason))
            }
        }
        let (token, seconds, isRenewable) = try found.get()
        self.token = token
        // Vault's 0 is a token without an end, such as a root token.
        lifetimeMilliseconds = seconds == 0 ? nil : seconds * 1_000
        self.isRenewable = isRenewable
    }

    private static func malformed(_ name: String, _ reason: String) -> CredentialFailure {
        CredentialFailure(.malformedReply, "the reply to \(name) makes no sense: \(reason)")
    }

    private static func isToken(_ text: UnsafeRawBufferPointer) -> Bool {
        (1...maximumTokenLength).contains(text.count)
            && text.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    /// Whole seconds, at most some thirty years, so that no sum overflows.
    private static func seconds(_ text: UnsafeRawBufferPointer) -> Int? {
        guard (1...9).contains(text.count), text.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return text.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}
