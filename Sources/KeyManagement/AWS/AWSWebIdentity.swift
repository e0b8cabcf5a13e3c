import Records

/// A role that the token in a file may assume, as IAM roles for service accounts (IRSA) have it.
struct AWSWebIdentity: AWSCredentialSource {
    let tokenFile: String
    let role: AWSTokenService.Role
    let service: AWSTokenService

    init(tokenFile: String, role: AWSTokenService.Role, service: AWSTokenService) {
        self.tokenFile = tokenFile
        self.role = role
        self.service = service
    }

    /// Nil where the environment names no token; throws where it names one and no role.
    init?(_ environment: AWSEnvironment, service: AWSTokenService) throws(CredentialFailure) {
        guard let file = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
        guard let arn = environment["AWS_ROLE_ARN"] else {
            throw CredentialFailure(.rejected, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not")
        }
        self.init(
            tokenFile: file,
            role: AWSTokenService.Role(arn: arn, sessionName: environment["AWS_ROLE_SESSION_NAME"] ?? "fieldseal"),
            service: service)
    }

    func fetch(within milliseconds: Int) throws(CredentialFailure) -> AWSCredentials {
        let token: SecretBytes
        do throws(SecretSource.Unreadable) {
            token = try SecretSource.file(path: tokenFile).read()
        } catch {
            throw CredentialFailure(.rejected, error.reason)
        }
        return try service.assume(role, webIdentity: token, within: milliseconds)
    }
}
