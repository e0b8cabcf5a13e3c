/// The address of a service from the configuration or from a credentials file: `http[s]://HOST[:PORT][/PATH]`.
struct ServiceAddress: Hashable, Sendable {
    /// What request paths are appended to: without a slash at its end.
    let base: String
    let isSecure: Bool
    /// Host and port as written.
    let server: HostAndPort

    /// Parses an address; nil where it holds user info, a query, a fragment or anything but plain ASCII.
    init?(parsing text: String) {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix), text.utf8.count <= 2_048 else {
            return nil
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        while path.hasSuffix("/") { path = path.dropLast() }
        guard let server = HostAndPort(parsing: String(authority)), path.utf8.allSatisfy(Self.isPathByte) else {
            return nil
        }
        self.server = server
        isSecure = scheme == "https://"
        base = "\(scheme)\(authority)\(path)"
    }

    /// Whether nothing follows the host and port.
    var hasNoPath: Bool { !base.dropFirst("https://".count).contains("/") }

    /// The port written, or the scheme's own.
    var port: Int { server.port ?? (isSecure ? 443 : 80) }

    /// Whether it is this machine, whatever a name service says.
    var isLoopback: Bool { server.host == "localhost" || server.host == "[::1]" || isIPv4(startingWith: "127") }

    /// Whether it is an IPv4 address of this very network link (RFC 3927), as clouds give their metadata services.
    var isLinkLocal: Bool { server.host.hasPrefix("169.254.") && isIPv4(startingWith: "169") }

    private func isIPv4(startingWith first: String) -> Bool {
        let parts = server.host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && String(parts[0]) == first
            && parts.allSatisfy { UInt8($0).map(String.init) == String($0) }
    }

    /// What may stand in a path without changing its meaning; the colon is in those of Google's services.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/-._~:@%".utf8.contains(byte)
        }
    }
}
