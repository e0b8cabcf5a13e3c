import HTTPTransport
import Records

/// What a profile of the shared files gives: its access key, or a role that it names.
///
/// The files are read for every fetch.
struct AWSProfileCredentials: AWSCredentialSource {
    let name: String
    /// Whether someone named it: then it must be there.
    let isNamed: Bool
    let environment: AWSEnvironment
    let service: AWSTokenService
    let metadataClient: HTTPClient

    /// As many profiles as may lead from one to the other.
    private static let maximumDepth = 5

    func fetch(within milliseconds: Int) throws(CredentialFailure) -> AWSCredentials {
        if let credentials = try find(within: milliseconds) { return credentials }
        throw CredentialFailure(.rejected, "the profile \(BoundedText.quoted(name)) holds no credentials")
    }

    /// The credentials; nil where the profile was named by nobody and holds none.
    func find(within milliseconds: Int) throws(CredentialFailure) -> AWSCredentials? {
        let deadline = MonotonicClock.milliseconds + milliseconds
        let files = AWSProfileFiles(environment)
        guard let profile = try files.profile(name) else {
            guard isNamed else { return nil }
            throw CredentialFailure(.rejected, "there is no profile \(BoundedText.quoted(name)) in \(files.names)")
        }
        let found = try credentials(of: profile, files, until: deadline, depth: 0)
        guard found == nil, isNamed else { return found }
        throw CredentialFailure(.rejected, "the profile \(BoundedText.quoted(name)) holds no credentials")
    }

    private func credentials(
        of profile: AWSProfile, _ files: AWSProfileFiles, until deadline: Int, depth: Int
    ) throws(CredentialFailure) -> AWSCredentials? {
        let origin = "the profile \(BoundedText.quoted(profile.name))"
        guard depth < Self.maximumDepth else {
            throw CredentialFailure(.rejected, "\(origin) leads on and on to others")
        }
        // A profile that is its own source means its own access key.
        if let arn = profile["role_arn"], depth == 0 || profile["source_profile"] != profile.name {
            return try role(arn, of: profile, files, until: deadline, depth: depth)
        }
        if let id = profile["aws_access_key_id"] {
            guard let secret = profile.secret("aws_secret_access_key") else {
                throw CredentialFailure(.rejected, "\(origin) has an access key id without aws_secret_access_key")
            }
            return try AWSCredentials(
                accessKeyID: id, secretAccessKey: secret, sessionToken: profile.secret("aws_session_token"),
                from: origin)
        }
        for unsupported in ["credential_process", "sso_session", "sso_start_url"] {
            guard profile[unsupported] == nil else {
                throw CredentialFailure(
                    .rejected,
                    "\(origin) uses \(unsupported), which is for people at a terminal; a service takes a role, "
                        + "a web identity or an access key")
            }
        }
        return nil
    }

    private func role(
        _ arn: String, of profile: AWSProfile, _ files: AWSProfileFiles, until deadline: Int, depth: Int
    ) throws(CredentialFailure) -> AWSCredentials {
        let origin = "the profile \(BoundedText.quoted(profile.name))"
        let role = AWSTokenService.Role(
            arn: arn, sessionName: profile["role_session_name"] ?? "fieldseal", externalID: profile["external_id"],
            durationSeconds: profile["duration_seconds"], region: profile["region"])
        guard profile["mfa_serial"] == nil else {
            throw CredentialFailure(.rejected, "\(origin) asks for a second factor, which a service has not")
        }
        if let file = profile["web_identity_token_file"] {
            return try AWSWebIdentity(tokenFile: file, role: role, service: service).fetch(within: left(deadline))
        }
        let signer: AWSCredentials
        if let source = profile["source_profile"] {
            guard let other = try files.profile(source) else {
                throw CredentialFailure(.rejected, "\(origin) names \(BoundedText.quoted(source)), which is not there")
            }
            guard let found = try credentials(of: other, files, until: deadline, depth: depth + 1) else {
                throw CredentialFailure(.rejected, "the profile \(BoundedText.quoted(source)) holds no credentials")
            }
            signer = found
        } else if let source = profile["credential_source"] {
            signer = try self.source(source, origin).fetch(within: left(deadline))
        } else {
            throw CredentialFailure(
                .rejected,
                "\(origin) has a role_arn without source_profile, credential_source or web_identity_token_file")
        }
        return try service.assume(role, as: signer, within: left(deadline))
    }

    private func source(_ name: String, _ origin: String) throws(CredentialFailure) -> any AWSCredentialSource {
        let source: (any AWSCredentialSource)? =
            switch name {
            case "Environment": try AWSEnvironmentKey(environment)
            case "EcsContainer": try AWSContainerCredentials(environment, client: metadataClient)
            case "Ec2InstanceMetadata": try AWSInstanceMetadata(environment, client: metadataClient)
            default: nil
            }
        guard let source else {
            throw CredentialFailure(
                .rejected,
                "\(origin) has the credential_source \(BoundedText.quoted(name)), which gives none here")
        }
        return source
    }

    private func left(_ deadline: Int) -> Int { max(1, deadline - MonotonicClock.milliseconds) }
}
