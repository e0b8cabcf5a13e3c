import KeyManagement

/// Makes the settings of a `kms.vault` section.
struct VaultSettingsBuilder {
    let diagnostics: DiagnosticCollector

    /// Settings that go with some of the types only.
    private static let ofTypes: [(setting: any SettingDescription, types: [VaultKeys.Method])] = [
        (VaultKeys.token, [.token]), (VaultKeys.roleId, [.appRole]), (VaultKeys.secretId, [.appRole]),
        (VaultKeys.username, [.userPassword, .ldap]), (VaultKeys.password, [.userPassword, .ldap]),
        (VaultKeys.role, [.jwt, .kubernetes]), (VaultKeys.jwt, [.jwt]), (VaultKeys.path, [.kubernetes]),
        (VaultKeys.name, [.certificate]), (VaultKeys.mount, VaultKeys.Method.allCases.filter { $0 != .token }),
    ]

    /// Those that may be left out all the same.
    private static let isOptional: Set<String> = [
        VaultKeys.path.name, VaultKeys.name.name, VaultKeys.mount.name,
    ]

    /// The settings; nil only where errors have been told.
    func build(_ section: SectionValue, address: HTTPAddress, aliases: [Authority]) -> VaultSettings? {
        guard let type = section[VaultKeys.type] else { return nil }
        checkCombination(section, type, address)
        guard let authentication = authentication(section, type) else { return nil }
        return VaultSettings(
            uri: address.text, authentication: authentication, namespace: section[VaultKeys.namespace],
            caFile: section[VaultKeys.caFile], certificateFile: section[VaultKeys.certificateFile],
            keyFile: section[VaultKeys.keyFile], aliases: aliases.map(\.description))
    }

    private func checkCombination(_ section: SectionValue, _ type: VaultKeys.Method, _ address: HTTPAddress) {
        for (setting, types) in Self.ofTypes {
            if types.contains(type) {
                if !section.has(setting), !Self.isOptional.contains(setting.name) { miss(setting, section, type) }
            } else if section.has(setting) {
                let known = types.map(\.rawValue).joined(separator: ", ")
                diagnostics.error(
                    at: section.mark(of: setting), section.path(of: setting),
                    "found beside type \(type.rawValue), which does not use it; allowed with type: \(known)")
            }
        }
        guard type == .certificate else { return }
        if !section.has(VaultKeys.certificateFile) { miss(VaultKeys.certificateFile, section, type) }
        if !address.isSecure {
            diagnostics.error(
                at: section.mark(of: VaultKeys.uri), section.path(of: VaultKeys.uri),
                "found an http address, over which no client certificate is shown; allowed with type CERT: https")
        }
    }

    private func miss(_ setting: some SettingDescription, _ section: SectionValue, _ type: VaultKeys.Method) {
        diagnostics.error(
            at: section.mark, section.path,
            "the key \"\(setting.name)\" is missing, which type \(type.rawValue) needs; allowed: \(setting.allowed)")
    }

    private func authentication(
        _ section: SectionValue, _ type: VaultKeys.Method
    ) -> VaultSettings.Authentication? {
        let mount = section[VaultKeys.mount] ?? type.defaultMount
        switch type {
        case .token: return section[VaultKeys.token].map { .token($0.secretSource) }
        case .appRole:
            guard let role = section[VaultKeys.roleId], let secret = section[VaultKeys.secretId] else { return nil }
            return .appRole(roleID: role.secretSource, secretID: secret.secretSource, mount: mount)
        case .userPassword, .ldap:
            guard let username = section[VaultKeys.username], let password = section[VaultKeys.password]?.secretSource
            else { return nil }
            return type == .ldap
                ? .ldap(username: username, password: password, mount: mount)
                : .userPassword(username: username, password: password, mount: mount)
        case .jwt:
            guard let role = section[VaultKeys.role], let jwt = section[VaultKeys.jwt] else { return nil }
            return .jwt(role: role, jwt: jwt.secretSource, mount: mount)
        case .kubernetes:
            guard let role = section[VaultKeys.role] else { return nil }
            guard section.has(VaultKeys.path) else { return .kubernetes(role: role, mount: mount) }
            return section[VaultKeys.path].map { .kubernetes(role: role, tokenFile: $0, mount: mount) }
        case .certificate: return .certificate(name: section[VaultKeys.name], mount: mount)
        }
    }
}

extension VaultKeys.Method {
    /// Where Vault mounts the method unless told otherwise.
    fileprivate var defaultMount: String {
        switch self {
        case .token: "token"
        case .appRole: "approle"
        case .userPassword: "userpass"
        case .ldap: "ldap"
        case .jwt: "jwt"
        case .kubernetes: "kubernetes"
        case .certificate: "cert"
        }
    }
}
