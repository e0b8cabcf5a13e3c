/// What a vault asks for where a request says not, or wrongly, who sends it: `WWW-Authenticate: Bearer
/// authorization="https://login.example/TENANT", resource="https://vault.azure.net"` (RFC 6750, section 3).
struct AzureChallenge: Equatable {
    /// What the token must be for, such as `https://vault.azure.net`.
    let resource: ServiceAddress
    /// The tenant that the vault belongs to, where it says so.
    let tenant: String?

    /// Reads a header; nil where it is no challenge for a bearer token with a resource.
    init?(_ header: String) {
        guard header.utf8.count <= 4_096, header.lowercased().hasPrefix("bearer ") else { return nil }
        var parameters: [String: String] = [:]
        for part in header.dropFirst("bearer ".count).split(separator: ",") {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let name = Self.trimmed(part[..<equals]).lowercased()
            // Said twice, one of them may be meant for another reader.
            guard parameters[name] == nil else { return nil }
            parameters[name] = Self.trimmed(part[part.index(after: equals)...])
        }
        var text = parameters["resource"] ?? parameters["scope"] ?? ""
        if text.hasSuffix("/.default") { text.removeLast("/.default".count) }
        guard let resource = ServiceAddress(parsing: text), resource.isSecure, resource.hasNoPath else { return nil }
        self.resource = resource
        let authority = (parameters["authorization"] ?? parameters["authorization_uri"]).flatMap {
            ServiceAddress(parsing: $0)
        }
        tenant = authority?.base.split(separator: "/").dropFirst(2).first.map(String.init)
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\"" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\"" { text.removeLast() }
        return String(text)
    }
}
