import KeyManagement

/// The KMS that a pair uses, and what its key addresses are checked against.
struct KeyService {
    /// What is used at run time.
    var settings = KeyManagementSettings()
    /// Where Vault is, and its other names.
    var vault: (address: HTTPAddress, aliases: [Authority])?
    /// The vaults of Azure that the file lists; nil where it lists none.
    var azureVaults: [Authority]?
    /// Providers that the file configures, be it validly or not.
    var attempted: Set<KeyManagementProvider> = []

    /// Why keys of `provider` can't be used, or nil.
    func refusal(of provider: KeyManagementProvider) -> String? {
        guard !attempted.contains(provider) else { return nil }
        let known = attempted.map(\.prefix).sorted().joined(separator: ", ")
        return "\(provider.prefix) has no section under kms; allowed: "
            + (known.isEmpty ? "what kms configures, which is nothing" : known)
    }

    /// Why a key of Vault at `host` can't be used, or nil.
    func refusal(ofVaultHost host: String) -> String? {
        guard let vault, let found = Authority(parsing: host) else { return nil }
        guard !vault.address.isServed(by: found), !vault.aliases.contains(found) else { return nil }
        let address = vault.address
        let names = ["\(address.host)\(address.port.map { ":\($0)" } ?? "")"] + vault.aliases.map(\.description)
        return "found the host \"\(found)\"; allowed: that of kms.vault.uri or one of kms.vault.aliases "
            + "(\(names.joined(separator: ", ")))"
    }

    /// Why keys that an AWS pattern covers can't be used, or nil.
    ///
    /// A record may not choose the region, since it is part of the host that is called.
    func refusal(ofAWSPattern arn: Substring) -> String? {
        let place = arn.prefix { $0 != "/" }
        return place.contains("*") ? "found \"*\" in the region of an ARN; allowed: in the key's id or alias" : nil
    }

    /// Why a key in Azure's vault `host`, which may hold wildcards, can't be used, or nil.
    ///
    /// A record may not choose the vault: only listed ones, or ones that an address names in full, are called.
    func refusal(ofAzureHost host: String) -> String? {
        if let azureVaults {
            guard !host.contains("*"), let found = Authority(parsing: host) else { return nil }
            return azureVaults.contains { AzureVault.isSame($0, found) }
                ? nil
                : "found the host \"\(found)\"; allowed: those of kms.azure.vaults "
                    + "(\(azureVaults.map(\.description).joined(separator: ", ")))"
        }
        guard !host.contains("*") else {
            return "found \"*\" in the name of a vault, which takes a list of the vaults in kms.azure.vaults"
        }
        guard let found = Authority(parsing: host), !AzureVault.isKnown(found) else { return nil }
        return "found the host \"\(found)\"; allowed: a vault in one of Azure's domains "
            + "(\(AzureSettings.vaultDomains.joined(separator: ", "))), or one that kms.azure.vaults lists"
    }

    /// Why there is no key `name` in memory, or nil.
    func refusal(ofInMemoryKey name: String) -> String? {
        guard let inMemory = settings.inMemory else { return nil }
        guard inMemory.keys[name] == nil, !inMemory.randomKeys.contains(name) else { return nil }
        let known = (inMemory.keys.keys + inMemory.randomKeys).sorted().joined(separator: ", ")
        return "kms.inMemory has no key \"\(name)\"; allowed: \(known)"
    }
}
