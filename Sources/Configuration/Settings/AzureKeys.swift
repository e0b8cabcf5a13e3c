import KeyManagement

/// The keys of `kms.azure`.
enum AzureKeys {
    static let tokenCredential = Setting(
        "tokenCredential", .section(credentialSection),
        .optional("workload identity where the environment has it, else managed identity"),
        "How Fieldseal logs in.")
    static let vaults = Setting(
        "vaults", .list(of: .section(vaultSection), allowsEmpty: false),
        .optional("any in the domains of Azure's vaults"), "The only vaults that key addresses may name.")
    static let authorityHost = Setting(
        "authorityHost", .address, .optional("`AZURE_AUTHORITY_HOST`, else `\(AzureSettings.defaultAuthorityHost)`"),
        "Where Entra is reached; other clouds have their own.")
    static let metadataServer = Setting(
        "metadataServer", .address, .optional("`\(AzureSettings.defaultMetadataServer)`"),
        "Where the machine's metadata service (IMDS) is reached.")
    static let caFile = Setting(
        "caFile", .file, .optional("the system's authorities"),
        "The authorities (PEM) that the servers' certificates must come from, those of the logins too.")
    static let allowInsecure = Setting(
        "allowInsecure", .boolean, .defaulted(false),
        "Accepts `http` addresses beyond this machine. Secrets, tokens and data keys then cross the network in the clear."
    )

    static let section = Section(
        "kms.azure",
        "Azure Key Vault and Managed HSM, with RSA keys. The identity needs `keys/wrapKey` or `keys/unwrapKey`. "
            + "`azure: {}` takes the pod's or machine's own identity.",
        [tokenCredential, vaults, authorityHost, metadataServer, caFile, allowInsecure])

    static let tenantId = Setting(
        "tenantId", .identifier, .optional("`AZURE_TENANT_ID`"), "The tenant of Entra.")
    static let clientId = Setting(
        "clientId", .identifier, .optional("`AZURE_CLIENT_ID`"),
        "The application; with managed identity, which of the machine's identities.")
    static let clientSecret = Setting(
        "clientSecret", .secret("a client secret"), .optional("none"),
        "The application's secret. Given as `{file: path}`, the file is read again for every login.")
    static let federatedTokenFile = Setting(
        "federatedTokenFile", .file, .optional("`AZURE_FEDERATED_TOKEN_FILE`"),
        "Workload identity: the file of the token that the application trusts, read again for every login.")
    static let managedIdentity = Setting(
        "managedIdentity", .boolean, .defaulted(false), "Logs in as the machine, whatever the environment has.")

    private static let credentialSection = Section(
        "kms.azure.tokenCredential",
        "An application with `clientSecret`, workload identity with `federatedTokenFile` (both with `tenantId` and "
            + "`clientId`), or `managedIdentity`. With none of the three the environment decides.",
        [tenantId, clientId, clientSecret, federatedTokenFile, managedIdentity])

    static let vaultHost = Setting(
        "host", .authority, .required, "The vault as key addresses name it, such as `pii.vault.azure.net`.")
    static let vaultEndpoint = Setting(
        "endpoint", .address, .optional("`https://` and the host"),
        "Where it is reached, such as by a private endpoint without a name of its own.")

    private static let vaultSection = Section("kms.azure.vaults[]", "", [vaultHost, vaultEndpoint])
}

extension Form where Value == String {
    /// A tenant or client.
    fileprivate static var identifier: Form {
        .scalar("a UUID or a domain") { found in
            let isIdentifier = found.text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
            return isIdentifier && 1...255 ~= found.text.utf8.count ? .value(found.text) : .refused()
        }
    }
}
