import KeyManagement
import Records

/// Makes the KMS settings of a `kms` section.
struct KeyServiceBuilder {
    let diagnostics: DiagnosticCollector
    /// What credentials may be found in.
    let environment: [String: String]

    /// The KMS that `holder`, the top or a pair, configures under `kms`; where it doesn't, `inherited`.
    func build(
        _ holder: SectionValue, of kms: Setting<SectionValue>, inherited: KeyService = KeyService()
    ) -> KeyService {
        guard holder.has(kms) else { return inherited }
        guard let section = holder[kms] else {
            return KeyService(attempted: Set(KeyManagementProvider.allCases))
        }
        var service = KeyService()
        let defaults = KeyManagementSettings()
        service.settings = KeyManagementSettings(
            keyTtlMilliseconds: Int64(section[KeyManagementKeys.keyTtlMs] ?? Int(defaults.keyTtlMilliseconds)),
            maxUses: section[KeyManagementKeys.maxUses] ?? defaults.maxUses,
            maxBytes: section[KeyManagementKeys.maxBytes] ?? defaults.maxBytes,
            maxKeys: section[KeyManagementKeys.maxKeys] ?? defaults.maxKeys)
        addVault(section, to: &service)
        addAWS(section, to: &service)
        addGCP(section, to: &service)
        addAzure(section, to: &service)
        addInMemory(section, to: &service)
        return service
    }

    private func addVault(_ kms: SectionValue, to service: inout KeyService) {
        guard kms.has(KeyManagementKeys.vault) else { return }
        service.attempted.insert(.vault)
        guard let vault = kms[KeyManagementKeys.vault] else { return }
        ClientCertificateRule(diagnostics: diagnostics).check(
            vault, certificate: VaultKeys.certificateFile, key: VaultKeys.keyFile)
        guard let address = vault.located(VaultKeys.uri) else { return }
        checkScheme(address, vault)
        let aliases = vault[VaultKeys.aliases]?.map(\.value) ?? []
        service.vault = (address.value, aliases)
        service.settings.vault = VaultSettingsBuilder(diagnostics: diagnostics).build(
            vault, address: address.value, aliases: aliases)
    }

    /// Data keys cross this connection: in the clear only on this machine, or where a person insists.
    private func checkScheme(_ address: Located<HTTPAddress>, _ vault: SectionValue) {
        let isAccepted = address.value.isSecure || address.value.isLoopback || vault[VaultKeys.allowInsecure] == true
        guard !isAccepted else { return }
        diagnostics.error(
            at: address.mark, address.path,
            "found an http address beyond this machine, over which the token and the data keys would go in the clear; "
                + "allowed: https, http to a loopback address, or http with allowInsecure: true")
    }

    private func addAWS(_ kms: SectionValue, to service: inout KeyService) {
        guard kms.has(KeyManagementKeys.aws) else { return }
        service.attempted.insert(.aws)
        let builder = AWSSettingsBuilder(diagnostics: diagnostics, environment: environment)
        service.settings.aws = kms[KeyManagementKeys.aws].flatMap(builder.build)
    }

    private func addGCP(_ kms: SectionValue, to service: inout KeyService) {
        guard kms.has(KeyManagementKeys.gcp) else { return }
        service.attempted.insert(.gcp)
        service.settings.gcp = kms[KeyManagementKeys.gcp].map(GCPSettingsBuilder(diagnostics: diagnostics).build)
    }

    private func addAzure(_ kms: SectionValue, to service: inout KeyService) {
        guard kms.has(KeyManagementKeys.azure) else { return }
        service.attempted.insert(.azure)
        guard let section = kms[KeyManagementKeys.azure] else { return }
        service.settings.azure = AzureSettingsBuilder(diagnostics: diagnostics).build(section)
        service.azureVaults = section[AzureKeys.vaults]?.compactMap { $0.value[AzureKeys.vaultHost] }
    }

    private func addInMemory(_ kms: SectionValue, to service: inout KeyService) {
        guard kms.has(KeyManagementKeys.inMemory) else { return }
        let path = kms.path(of: KeyManagementKeys.inMemory)
        service.attempted.insert(.inMemory)
        diagnostics.warning(
            at: kms.mark(of: KeyManagementKeys.inMemory), path,
            "in-memory-kms is for development: whoever can read its keys can read the records, and random keys are lost "
                + "at exit")
        guard let section = kms[KeyManagementKeys.inMemory] else { return }
        var settings = InMemorySettings()
        let keys = section[InMemoryKeys.keys]?.open ?? []
        for key in keys {
            settings.keys[key.name] = InMemoryKeys.key(base64: key.text.value.text)
            if settings.keys[key.name] == nil {
                diagnostics.error(
                    at: key.text.mark, key.text.path,
                    "found a value that is not shown; allowed: standard base64 of 32 bytes")
            }
        }
        for name in section[InMemoryKeys.random] ?? [] {
            if settings.randomKeys.contains(name.value) || keys.contains(where: { $0.name == name.value }) {
                diagnostics.error(at: name.mark, name.path, "found \"\(name.value)\", which is a key already")
            }
            settings.randomKeys.append(name.value)
        }
        if !section.has(InMemoryKeys.keys), !section.has(InMemoryKeys.random) {
            diagnostics.error(at: section.mark, path, "found no key; allowed: keys, random")
        }
        // Only whole: a rule that lists the keys must not miss one that is malformed.
        let isWhole = section.has(InMemoryKeys.keys) ? section[InMemoryKeys.keys] != nil : true
        if isWhole { service.settings.inMemory = settings }
    }
}

extension ResolvedText {
    /// The secret, or the file that holds it, to be read again whenever it is needed.
    var secretSource: SecretSource {
        if case .file(let path) = origin { return .file(path: path) }
        return .text(secretBytes)
    }

    /// The text as a secret.
    var secretBytes: SecretBytes {
        var text = text
        return text.withUTF8 { SecretBytes(copying: UnsafeRawBufferPointer($0)) }
    }
}
