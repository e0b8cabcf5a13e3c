/// An `http` or `https` address, taken apart strictly enough that every client reads the same host in it.
struct HTTPAddress: Hashable, Sendable {
    let text: String
    let isSecure: Bool
    /// In lower case; an IPv6 address in its brackets.
    let host: String
    let port: Int?

    /// Parses `http[s]://HOST[:PORT][/PATH]`; nil where the text is anything else.
    init?(parsing text: String) {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let path = rest[end...].utf8
        guard path.allSatisfy(Self.isPathByte),
            let authority = Authority(parsing: String(rest[..<end]))
        else { return nil }
        self.text = text
        isSecure = scheme == "https://"
        host = authority.host
        port = authority.port
    }

    /// Whether more than a slash follows the host and port.
    var hasPath: Bool { text.split(separator: "/").count > 2 }

    /// Whether it is this machine, whatever a name service says.
    var isLoopback: Bool {
        host == "localhost" || host == "[::1]" || isIPv4(startingWith: ["127"])
    }

    /// Whether it is an address of this very network link (RFC 3927), as clouds give their metadata services.
    var isLinkLocal: Bool { isIPv4(startingWith: ["169", "254"]) }

    private func isIPv4(startingWith first: [Substring]) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.starts(with: first)
            && parts.allSatisfy { UInt8($0).map(String.init) == String($0) }
    }

    /// Whether `other`, as a key address names it, is this server: the same host, and the same port where a missing one
    /// is the scheme's.
    func isServed(by other: Authority) -> Bool {
        let standard = isSecure ? 443 : 80
        return other.host == host && (other.port ?? standard) == (port ?? standard)
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
