import COpenSSL
import Cryptography
import KeyManagement
import Logging
import NIOCore
import Pipeline
import Records

/// Says who a caller is by what they show.
struct AccessControl: Sendable {
    private let tokens: [AdminSettings.Token]
    private let clients: [AdminSettings.Client]
    private let logger: Logger

    /// A longer token is no token.
    static let longestToken = 4096

    init(_ settings: AdminSettings, logger: Logger) {
        tokens = settings.tokens
        clients = settings.clients
        self.logger = logger
    }

    /// Whether anybody can show who they are at all.
    var isConfigured: Bool { !tokens.isEmpty || !clients.isEmpty }

    /// The holder of a token; nil where it is none of ours.
    ///
    /// All tokens are compared, each by its digest in a time that does not tell how much of it is right.
    func caller(token: String) -> Caller? {
        guard 1...Self.longestToken ~= token.utf8.count else { return nil }
        var token = token
        let digest = token.withUTF8 { SHA256.digest(UnsafeRawBufferPointer($0)) }
        var found: Caller?
        for candidate in tokens {
            guard let expected = expectedDigest(of: candidate) else { continue }
            let isEqual = digest.withUnsafeBytes { given in
                expected.withUnsafeBytes { CRYPTO_memcmp(given.baseAddress, $0.baseAddress, SHA256Digest.count) == 0 }
            }
            if isEqual, found == nil { found = Caller(name: candidate.name, roles: candidate.roles) }
        }
        return found
    }

    /// Whoever shows a certificate with this common name; nil where that is nobody we know.
    func caller(commonName: String) -> Caller? {
        clients.first { $0.name == commonName }.map { Caller(name: $0.name, roles: $0.roles) }
    }

    private func expectedDigest(of token: AdminSettings.Token) -> SHA256Digest? {
        do {
            return try token.secret.read().withUnsafeBytes { SHA256.digest($0) }
        } catch {
            logger.warning(
                "A token of admin can't be read", metadata: ["token": "\(token.name)", "error": "\(error.reason)"])
            return nil
        }
    }

    /// Whoever asks without a token from this machine, where no token is configured: they may see.
    ///
    /// A page of another site in a browser of this machine can send such requests too; it can't make them look as if
    /// they were meant for this machine, and nor does a proxy that passes on what others ask.
    static func isLocal(peer: SocketAddress?, authority: String?, isForwarded: Bool) -> Bool {
        guard let peer, isLoopback(peer), !isForwarded else { return false }
        guard let authority else { return false }
        let host = hostName(of: authority)
        return host == "localhost" || host == "::1" || isLoopbackIPv4(host)
    }

    private static func isLoopback(_ address: SocketAddress) -> Bool {
        guard var host = address.ipAddress else { return false }
        if host.hasPrefix("::ffff:") { host = String(host.dropFirst(7)) }
        return host == "::1" || isLoopbackIPv4(host)
    }

    private static func isLoopbackIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func hostName(of authority: String) -> String {
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return authority.prefix { $0 != ":" }.lowercased()
    }
}
