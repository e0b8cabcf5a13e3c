import KeyManagement

/// Makes the settings of a `kms.aws` section.
struct AWSSettingsBuilder {
    let diagnostics: DiagnosticCollector
    /// What AWS's default chain looks into.
    let environment: [String: String]

    /// The settings; nil only where errors have been told.
    func build(_ aws: SectionValue) -> AWSSettings? {
        if let endpoint = aws.located(AWSKeys.endpoint) { checkScheme(endpoint, aws) }
        guard let credentials = credentials(aws), aws.has(AWSKeys.endpoint) == (aws[AWSKeys.endpoint] != nil) else {
            return nil
        }
        let settings = AWSSettings(
            credentials: credentials, region: aws[AWSKeys.region], endpoint: aws[AWSKeys.endpoint]?.text,
            allowInsecure: aws[AWSKeys.allowInsecure] == true, caFile: aws[AWSKeys.caFile], environment: environment)
        return settings
    }

    private func credentials(_ aws: SectionValue) -> AWSSettings.Credentials? {
        let given: [any SettingDescription] = [AWSKeys.basicCredentials, AWSKeys.sessionCredentials, AWSKeys.profile]
            .filter { aws.has($0) }
        guard given.count < 2 else {
            diagnostics.error(
                at: aws.mark(of: given[1]), aws.path(of: given[1]),
                "found beside \(given[0].name); allowed: one of basicCredentials, sessionCredentials, profile")
            return nil
        }
        guard !given.isEmpty else { return .defaultChain }
        if let profile = aws[AWSKeys.profile] { return .profile(profile) }
        guard let section = aws[AWSKeys.basicCredentials] ?? aws[AWSKeys.sessionCredentials],
            let id = section[AWSKeys.accessKey], let secret = section[AWSKeys.secretKey]
        else { return nil }
        let token = section[AWSKeys.sessionToken]
        guard token != nil || aws.has(AWSKeys.basicCredentials) else { return nil }
        return .accessKey(id: id.secretSource, secret: secret.secretSource, sessionToken: token?.secretSource)
    }

    /// Data keys cross this connection: in the clear only on this machine, or where a person insists.
    private func checkScheme(_ address: Located<HTTPAddress>, _ aws: SectionValue) {
        guard !address.value.isSecure, !address.value.isLoopback, aws[AWSKeys.allowInsecure] != true else { return }
        diagnostics.error(
            at: address.mark, address.path,
            "found an http address beyond this machine, over which the data keys would go in the clear; allowed: https, "
                + "http to a loopback address, or http with allowInsecure: true")
    }
}
