/// A private key belongs to a certificate.
struct ClientCertificateRule {
    let diagnostics: DiagnosticCollector

    func check(_ section: SectionValue, certificate: Setting<String>, key: Setting<String>) {
        guard section.has(key), !section.has(certificate) else { return }
        diagnostics.error(
            at: section.mark(of: key), section.path(of: key),
            "found a private key without its certificate; add \(certificate.name)")
    }
}
