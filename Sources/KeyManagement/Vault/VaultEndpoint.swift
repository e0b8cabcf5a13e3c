/// Where the configured Vault server is, and the names by which key addresses may call it.
struct VaultEndpoint: Sendable {
    /// What request paths are appended to, such as `https://vault:8200/v1`.
    let base: String
    private let server: HostAndPort
    private let defaultPort: Int
    private let aliases: [HostAndPort]

    /// Takes the configured URI and aliases; throws where one is malformed.
    init(_ settings: VaultSettings) throws(KeyManagementError) {
        let uri = settings.uri
        let scheme: String
        switch uri {
        case _ where uri.lowercased().hasPrefix("https://"): (scheme, defaultPort) = ("https://", 443)
        case _ where uri.lowercased().hasPrefix("http://"): (scheme, defaultPort) = ("http://", 80)
        default: throw Self.malformed(uri)
        }
        let rest = uri.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.hasSuffix("/") { path = path.dropLast() }
        guard let server = HostAndPort(parsing: String(authority)), path.utf8.allSatisfy(Self.isPathByte) else {
            throw Self.malformed(uri)
        }
        self.server = server
        base = "\(scheme)\(authority)\(path)/v1"
        var aliases: [HostAndPort] = []
        for alias in settings.aliases {
            guard let parsed = HostAndPort(parsing: alias) else {
                throw .invalidSettings(reason: "the alias \(BoundedText.quoted(alias)) is no HOST or HOST:PORT")
            }
            aliases.append(parsed)
        }
        self.aliases = aliases
    }

    /// Whether a key address that names `host` means this server; a port left out is the scheme's own.
    func isNamed(_ host: String) -> Bool {
        guard let named = HostAndPort(parsing: host) else { return false }
        if aliases.contains(named) { return true }
        return named.host == server.host && (named.port ?? defaultPort) == (server.port ?? defaultPort)
    }

    /// All names, as an error lists them.
    var names: [String] {
        ([server] + aliases).map { $0.port == nil ? $0.host : "\($0.host):\($0.port!)" }
    }

    private static func malformed(_ uri: String) -> KeyManagementError {
        .invalidSettings(
            reason: "the Vault address \(BoundedText.quoted(uri)) is not http:// or https:// followed by HOST[:PORT]")
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/-._~".utf8.contains(byte)
        }
    }
}
