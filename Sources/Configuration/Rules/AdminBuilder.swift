import Pipeline

/// Makes the settings of the HTTP interface.
struct AdminBuilder {
    let diagnostics: DiagnosticCollector

    /// The port where the configuration names none.
    private static let defaultPort = 9402
    /// A token that is shorter can be guessed.
    private static let shortestToken = 16

    /// The settings; nil where there is no `admin`, or where errors have been told.
    func build(_ root: SectionValue) -> AdminSettings? {
        guard let section = root[RootSettings.admin] else { return nil }
        ClientCertificateRule(diagnostics: diagnostics).check(
            section, certificate: AdminKeys.certificateFile, key: AdminKeys.keyFile)
        checkClients(section)
        guard let address = section.located(AdminKeys.listen) else { return nil }
        let tokens = tokens(of: section)
        checkExposure(address, section, hasTokens: !tokens.isEmpty)
        var host = address.value.host
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        let tls = section[AdminKeys.certificateFile].map {
            AdminSettings.TLS(
                certificateFile: $0, keyFile: section[AdminKeys.keyFile],
                clientAuthorityFile: section[AdminKeys.clientCaFile])
        }
        return AdminSettings(
            host: host, port: address.value.port ?? Self.defaultPort, tokens: tokens, clients: clients(of: section),
            tls: tls, allowsReading: section[AdminKeys.allowRead] ?? false)
    }

    private func tokens(of section: SectionValue) -> [AdminSettings.Token] {
        var tokens: [AdminSettings.Token] = []
        if let token = section.located(AdminKeys.token) {
            checkStrength(token)
            tokens.append(
                .init(name: "admin", secret: token.value.secretSource, roles: Set(AdminRole.allCases)))
        }
        for entry in section[AdminKeys.tokens] ?? [] {
            guard let name = entry.value.located(AdminKeys.name), let token = entry.value.located(AdminKeys.tokenText)
            else { continue }
            checkStrength(token)
            if tokens.contains(where: { $0.name == name.value }) {
                diagnostics.error(at: name.mark, name.path, "found the name \"\(name.value)\" twice; allowed: once")
            }
            tokens.append(.init(name: name.value, secret: token.value.secretSource, roles: roles(of: entry.value)))
        }
        return tokens
    }

    private func clients(of section: SectionValue) -> [AdminSettings.Client] {
        (section[AdminKeys.clients] ?? []).compactMap { entry in
            entry.value[AdminKeys.commonName].map { .init(name: $0, roles: roles(of: entry.value)) }
        }
    }

    private func roles(of section: SectionValue) -> Set<AdminRole> {
        let roles = section[AdminKeys.role] ?? []
        return roles.isEmpty ? [.viewer] : Set(roles.map(\.value))
    }

    private func checkStrength(_ token: Located<ResolvedText>) {
        guard token.value.text.utf8.count < Self.shortestToken else { return }
        diagnostics.warning(
            at: token.mark, token.path, "the token has fewer than \(Self.shortestToken) characters and can be guessed")
    }

    private func checkClients(_ section: SectionValue) {
        let authority = AdminKeys.clientCaFile
        if section.has(authority), !section.has(AdminKeys.certificateFile) {
            diagnostics.error(
                at: section.mark(of: authority), section.path(of: authority),
                "found without a certificate of the listener's own; add certificateFile")
        }
        if section.has(AdminKeys.clients), !section.has(authority) {
            diagnostics.error(
                at: section.mark(of: AdminKeys.clients), section.path(of: AdminKeys.clients),
                "found without the authorities that certificates must come from; add clientCaFile")
        }
    }

    /// Beyond this machine a token in the clear can be read on the way, and without one nobody is answered.
    private func checkExposure(_ address: Located<Authority>, _ section: SectionValue, hasTokens: Bool) {
        guard !address.value.isLoopback else { return }
        if !hasTokens, !section.has(AdminKeys.clients) {
            diagnostics.warning(
                at: address.mark, address.path,
                "without a token, other machines are answered only /livez and /readyz; add token or tokens")
        } else if hasTokens, !section.has(AdminKeys.certificateFile) {
            diagnostics.warning(
                at: address.mark, address.path,
                "the token goes over http, in the clear, beyond this machine; add certificateFile")
        }
    }
}
