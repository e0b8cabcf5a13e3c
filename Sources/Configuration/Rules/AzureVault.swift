import KeyManagement

/// The names of Azure's vaults.
enum AzureVault {
    /// Whether both are one vault: the port 443 need not be written.
    static func isSame(_ left: Authority, _ right: Authority) -> Bool {
        left.host == right.host && (left.port ?? 443) == (right.port ?? 443)
    }

    /// Whether it is a vault's name, of one label, in one of Azure's domains.
    static func isKnown(_ authority: Authority) -> Bool {
        guard authority.port ?? 443 == 443,
            let domain = AzureSettings.vaultDomains.first(where: { authority.host.hasSuffix("." + $0) })
        else { return false }
        let name = authority.host.dropLast(domain.utf8.count + 1)
        return !name.isEmpty && !name.contains(".")
    }
}
