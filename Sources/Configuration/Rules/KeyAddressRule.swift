import KeyManagement

/// A key's address must lead to a KMS that the configuration knows: nothing is ever dialled from an address itself.
struct KeyAddressRule {
    let diagnostics: DiagnosticCollector
    let keyService: KeyService

    func check(_ template: Located<KeySecretTemplate>) {
        let pattern = KeySecretPattern(template: template.value)
        check(Located(value: pattern, mark: template.mark, path: template.path))
    }

    func check(_ pattern: Located<KeySecretPattern>) {
        if let refusal = keyService.refusal(of: pattern.value.provider) ?? hostRefusal(pattern.value) {
            diagnostics.error(at: pattern.mark, pattern.path, refusal)
        }
    }

    private func hostRefusal(_ pattern: KeySecretPattern) -> String? {
        let rest = pattern.text.dropFirst(pattern.provider.prefix.count)
        switch pattern.provider {
        case .vault:
            let host = rest.prefix { $0 != "/" }
            return host.contains("*") ? nil : keyService.refusal(ofVaultHost: String(host))
        case .inMemory: return rest.contains("*") ? nil : keyService.refusal(ofInMemoryKey: String(rest))
        case .aws: return keyService.refusal(ofAWSPattern: rest)
        case .azure: return keyService.refusal(ofAzureHost: String(rest.prefix { $0 != "/" }))
        case .gcp: return nil
        }
    }
}
