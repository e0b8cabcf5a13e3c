import SchemaRegistry

/// Makes the settings of a `schemaRegistry` section.
struct SchemaRegistryBuilder {
    /// A registry, or that there is none, or that the file tried to name one.
    struct Registry {
        var settings: SchemaRegistrySettings?
        var isAttempted = false
    }

    let diagnostics: DiagnosticCollector

    /// The registry that `holder`, the top or a pair, configures; where it doesn't, `inherited`.
    func build(_ holder: SectionValue, inherited: Registry = Registry()) -> Registry {
        guard holder.has(RootSettings.schemaRegistry) else { return inherited }
        guard let section = holder[RootSettings.schemaRegistry] else { return Registry(isAttempted: true) }
        ClientCertificateRule(diagnostics: diagnostics).check(
            section, certificate: SchemaRegistryKeys.certificateFile, key: SchemaRegistryKeys.keyFile)
        checkCredentials(section)
        guard let url = section[SchemaRegistryKeys.url] else { return Registry(isAttempted: true) }
        var settings = SchemaRegistrySettings(
            url: url.text, caFile: section[SchemaRegistryKeys.caFile],
            certificateFile: section[SchemaRegistryKeys.certificateFile], keyFile: section[SchemaRegistryKeys.keyFile])
        settings.cacheSize = section[SchemaRegistryKeys.cacheSize] ?? settings.cacheSize
        settings.bearerToken = section[SchemaRegistryKeys.bearerToken]?.secretBytes
        if let basic = section[SchemaRegistryKeys.basicAuth], let username = basic[SchemaRegistryKeys.username],
            let password = basic[SchemaRegistryKeys.password]
        {
            settings.basicAuth = .init(username: username, password: password.secretBytes)
        }
        return Registry(settings: settings, isAttempted: true)
    }

    private func checkCredentials(_ section: SectionValue) {
        let basic = SchemaRegistryKeys.basicAuth
        let bearer = SchemaRegistryKeys.bearerToken
        guard section.has(basic) || section.has(bearer) else { return }
        if section.has(basic), section.has(bearer) {
            diagnostics.error(
                at: section.mark(of: bearer), section.path(of: bearer),
                "found beside basicAuth; allowed: one of the two")
        }
        if let url = section.located(SchemaRegistryKeys.url), !url.value.isSecure, !url.value.isLoopback {
            diagnostics.warning(
                at: url.mark, url.path, "the credentials go over http, in the clear, beyond this machine")
        }
    }
}
