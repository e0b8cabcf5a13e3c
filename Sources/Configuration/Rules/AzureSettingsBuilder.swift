import KeyManagement

/// Makes the settings of a `kms.azure` section.
struct AzureSettingsBuilder {
    let diagnostics: DiagnosticCollector

    /// The settings; nil only where errors have been told.
    func build(_ section: SectionValue) -> AzureSettings? {
        let isInsecureAllowed = section[AzureKeys.allowInsecure] == true
        let rule = SecureAddressRule(diagnostics: diagnostics, isInsecureAllowed: isInsecureAllowed)
        rule.check(section.located(AzureKeys.authorityHost))
        rule.check(section.located(AzureKeys.metadataServer), acceptsLink: true)
        let vaults = (section[AzureKeys.vaults] ?? []).compactMap { vault(in: $0.value, rule) }
        guard let credential = credential(section) else { return nil }
        return AzureSettings(
            credential: credential, vaults: vaults, authorityHost: section[AzureKeys.authorityHost]?.text,
            metadataServer: section[AzureKeys.metadataServer]?.text ?? AzureSettings.defaultMetadataServer,
            caFile: section[AzureKeys.caFile], allowsInsecure: isInsecureAllowed)
    }

    private func vault(in section: SectionValue, _ rule: SecureAddressRule) -> AzureSettings.Vault? {
        let endpoint = section.located(AzureKeys.vaultEndpoint)
        rule.check(endpoint)
        if let endpoint, endpoint.value.hasPath {
            diagnostics.error(
                at: endpoint.mark, endpoint.path, "found an address with a path; allowed: http(s)://HOST[:PORT]")
        }
        return section[AzureKeys.vaultHost].map {
            AzureSettings.Vault(host: $0.description, endpoint: endpoint?.value.text)
        }
    }

    private func credential(_ section: SectionValue) -> AzureSettings.Credential? {
        guard section.has(AzureKeys.tokenCredential) else { return .environment(tenant: nil, client: nil) }
        guard let given = section[AzureKeys.tokenCredential] else { return nil }
        let client = given[AzureKeys.clientId]
        let ways = [
            given.has(AzureKeys.clientSecret), given.has(AzureKeys.federatedTokenFile),
            given[AzureKeys.managedIdentity] == true,
        ]
        guard ways.filter({ $0 }).count <= 1 else {
            diagnostics.error(
                at: given.mark, given.path,
                "found several ways to log in; allowed: one of clientSecret, federatedTokenFile, managedIdentity: true")
            return nil
        }
        if ways[2] { return .managedIdentity(client: client) }
        guard ways[0] || ways[1] else {
            return .environment(tenant: given[AzureKeys.tenantId], client: client)
        }
        let missing = [AzureKeys.tenantId, AzureKeys.clientId].filter { !given.has($0) }
        for setting in missing {
            diagnostics.error(
                at: given.mark, given.path, "the key \"\(setting.name)\" is missing; allowed: \(setting.allowed)")
        }
        guard let tenant = given[AzureKeys.tenantId], let client else { return nil }
        if let secret = given[AzureKeys.clientSecret] {
            return .clientSecret(tenant: tenant, client: client, secret: secret.secretSource)
        }
        return given[AzureKeys.federatedTokenFile].map {
            .workloadIdentity(tenant: tenant, client: client, tokenFile: $0)
        }
    }
}
