import KeyManagement

/// Makes the settings of a `kms.gcp` section.
struct GCPSettingsBuilder {
    let diagnostics: DiagnosticCollector

    func build(_ section: SectionValue) -> GCPSettings {
        let isInsecureAllowed = section[GCPKeys.allowInsecure] == true
        let rule = SecureAddressRule(diagnostics: diagnostics, isInsecureAllowed: isInsecureAllowed)
        rule.check(section.located(GCPKeys.endpoint))
        // Every machine in Google's cloud resolves this name to an address of its own link.
        if section[GCPKeys.metadataServer]?.text != GCPSettings.defaultMetadataServer {
            rule.check(section.located(GCPKeys.metadataServer), acceptsLink: true)
        }
        return GCPSettings(
            credentials: section[GCPKeys.credentialsFile].map { .file(path: $0) } ?? .applicationDefault,
            exchangesTokens: section[GCPKeys.tokenExchange] == true,
            endpoint: section[GCPKeys.endpoint]?.text ?? GCPSettings.defaultEndpoint,
            metadataServer: section[GCPKeys.metadataServer]?.text ?? GCPSettings.defaultMetadataServer,
            caFile: section[GCPKeys.caFile], allowsInsecure: isInsecureAllowed)
    }
}
