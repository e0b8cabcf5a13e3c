import KeyManagement

/// What crosses the connections to a KMS and to its logins is secret: in the clear only on this machine, or where a
/// person insists.
struct SecureAddressRule {
    let diagnostics: DiagnosticCollector
    /// Whether `allowInsecure` stands in the section.
    let isInsecureAllowed: Bool

    func check(_ address: Located<HTTPAddress>?, acceptsLink: Bool = false) {
        guard let address else { return }
        let isAccepted =
            address.value.isSecure || address.value.isLoopback || isInsecureAllowed
            || acceptsLink && address.value.isLinkLocal
        guard !isAccepted else { return }
        let link = acceptsLink ? "http to a loopback or link-local address" : "http to a loopback address"
        diagnostics.error(
            at: address.mark, address.path,
            "found an http address beyond this machine, over which secrets would go in the clear; "
                + "allowed: https, \(link), or http with allowInsecure: true")
    }
}
