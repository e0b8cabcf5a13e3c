import KeyManagement

/// Makes the settings of a `kms.aws` section.
struct AWSSettingsBuilder {
    let diagnostics: DiagnosticCollector
    /// What AWS's default chain looks into.
    let environment: [String: String]

    /// The settings; nil only where errors have been told.
    func build(_ aws: SectionValue) -> AWSSettings? {
        let isInsecureAllowed = aws[AWSKeys.allowInsecure] == true
        SecureAddressRule(diagnostics: diagnostics, isInsecureAllowed: isInsecureAllowed)
            .check(aws.located(AWSKeys.endpoint))
        return credentials(aws).map { credentials in
            AWSSettings(
                credentials: credentials, region: aws[AWSKeys.region], endpoint: aws[AWSKeys.endpoint]?.text,
                allowsInsecure: isInsecureAllowed, caFile: aws[AWSKeys.caFile], environment: environment)
        }
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
}
