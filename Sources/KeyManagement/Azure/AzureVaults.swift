/// The vaults that may be called, and where they are.
///
/// A record's key address never says where to connect to: its host is looked up here, or must be a vault's name in a
/// domain of Azure's, which no one else can serve; `KeySecretPattern` has compared it with the configured ones before.
struct AzureVaults: Sendable {
    private let listed: [HostAndPort: ServiceAddress]

    /// Takes the configured vaults; throws where a host or an endpoint is malformed, or would be called in the clear.
    init(_ settings: AzureSettings) throws(KeyManagementError) {
        var listed: [HostAndPort: ServiceAddress] = [:]
        for vault in settings.vaults {
            guard let host = HostAndPort(parsing: vault.host) else {
                throw .invalidSettings(
                    reason: "the Azure vault \(BoundedText.quoted(vault.host)) is no HOST or HOST:PORT")
            }
            let endpoint = vault.endpoint ?? "https://\(vault.host)"
            guard let address = ServiceAddress(parsing: endpoint), address.hasNoPath,
                address.isSecure || address.isLoopback || settings.allowsInsecure
            else {
                throw .invalidSettings(
                    reason: "the Azure vault's endpoint \(BoundedText.quoted(endpoint)) is not https:// followed by "
                        + "HOST[:PORT], nor http:// on this machine")
            }
            listed[Self.withoutStandardPort(host)] = address
        }
        self.listed = listed
    }

    /// Where the vault that a key's address calls `host` is reached; nil where it may not be called.
    func address(of host: String) -> ServiceAddress? {
        guard let named = HostAndPort(parsing: host).map(Self.withoutStandardPort) else { return nil }
        guard listed.isEmpty else { return listed[named] }
        guard named.port == nil, let domain = Self.domain(of: named.host) else { return nil }
        // A vault's name is one label.
        let name = named.host.dropLast(domain.utf8.count + 1)
        guard !name.isEmpty, !name.contains(".") else { return nil }
        return ServiceAddress(parsing: "https://\(named.host)")
    }

    /// All names, as an error lists them.
    var names: [String] {
        guard !listed.isEmpty else { return AzureSettings.vaultDomains.map { "*.\($0)" } }
        return listed.keys.map { $0.port == nil ? $0.host : "\($0.host):\($0.port!)" }.sorted()
    }

    /// Whether the vault that a key's address calls `host` may ask for a token for `resource`: that of its own domain.
    static func isResource(_ resource: ServiceAddress, of host: String) -> Bool {
        guard let named = HostAndPort(parsing: host) else { return false }
        if let domain = domain(of: named.host) {
            return resource.server.host == domain && resource.port == 443
        }
        return named.host.hasSuffix("." + resource.server.host) && resource.server.host.contains(".")
            && resource.port == named.port ?? 443
    }

    private static func domain(of host: String) -> String? {
        AzureSettings.vaultDomains.first { host.hasSuffix("." + $0) }
    }

    private static func withoutStandardPort(_ host: HostAndPort) -> HostAndPort {
        host.port == 443 ? HostAndPort(host: host.host, port: nil) : host
    }
}
