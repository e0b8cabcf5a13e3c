import HTTPTransport
import Records

/// AWS's Security Token Service (API version 2011-06-15): trades an identity for temporary credentials of a role.
struct AWSTokenService: Sendable {
    let endpoints: AWSEndpoints
    let client: HTTPClient

    /// The role that is asked for.
    struct Role: Sendable {
        let arn: String
        let sessionName: String
        var externalID: String?
        var durationSeconds: String?
        /// The region of the profile that names it.
        var region: String?
    }

    /// Credentials of `role` for whoever `token`, an OpenID Connect token, names; the call is not signed.
    func assume(
        _ role: Role, webIdentity token: SecretBytes, within milliseconds: Int
    ) throws(CredentialFailure) -> AWSCredentials {
        try call("AssumeRoleWithWebIdentity", role, token: token, signer: nil, within: milliseconds)
    }

    /// Credentials of `role` for the owner of `credentials`.
    func assume(
        _ role: Role, as credentials: AWSCredentials, within milliseconds: Int
    ) throws(CredentialFailure) -> AWSCredentials {
        try call("AssumeRole", role, token: nil, signer: credentials, within: milliseconds)
    }

    private func call(
        _ action: String, _ role: Role, token: SecretBytes?, signer: AWSCredentials?, within milliseconds: Int
    ) throws(CredentialFailure) -> AWSCredentials {
        let parts = role.arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[5].hasPrefix("role/") else {
            throw CredentialFailure(
                .rejected,
                "\(BoundedText.quoted(role.arn)) is no role; expected arn:aws:iam::ACCOUNT:role/NAME")
        }
        let service = endpoints.sts(partition: String(parts[1]), profileRegion: role.region)
        let reply: HTTPResponse
        do throws(HTTPTransportError) {
            reply = try client.send(
                HTTPRequest(
                    .post, service.url,
                    headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
                    body: .secret(Self.form(action, role, token)),
                    authorization: signer.map {
                        .awsSigV4($0.signingKey(region: service.region, service: "sts"))
                    } ?? .none,
                    mayRepeat: true, totalTimeoutMilliseconds: milliseconds))
        } catch {
            throw CredentialFailure(error)
        }
        guard reply.status == 200 else {
            throw Self.refusal(reply, action, role, secrets: (signer?.secrets ?? []) + (token.map { [$0] } ?? []))
        }
        return try Self.credentials(in: reply.secretBody)
    }

    private static func form(_ action: String, _ role: Role, _ token: SecretBytes?) -> SecretBytes {
        let form = FormBody()
        form.append("Action", action)
        form.append("Version", "2011-06-15")
        form.append("RoleArn", role.arn)
        form.append("RoleSessionName", role.sessionName)
        if let externalID = role.externalID { form.append("ExternalId", externalID) }
        if let durationSeconds = role.durationSeconds { form.append("DurationSeconds", durationSeconds) }
        if let token { form.append("WebIdentityToken", token) }
        return form.body
    }

    private static func credentials(in body: SecretBytes) throws(CredentialFailure) -> AWSCredentials {
        try body.withUnsafeBytes { (bytes) throws(CredentialFailure) in
            func text(_ name: String) -> String? {
                XMLReply.text(of: name, in: bytes).map { String(decoding: $0, as: UTF8.self) }
            }
            guard let id = text("AccessKeyId"), let secret = XMLReply.text(of: "SecretAccessKey", in: bytes),
                let token = XMLReply.text(of: "SessionToken", in: bytes),
                let expiration = text("Expiration").flatMap(AWSTimestamp.seconds)
            else { throw CredentialFailure(.unavailable, "the AWS token service's reply holds no credentials") }
            return try AWSCredentials(
                accessKeyID: id, secretAccessKey: SecretBytes(copying: secret),
                sessionToken: SecretBytes(copying: token), expiration: expiration, from: "the AWS token service")
        }
    }

    private static func refusal(
        _ reply: HTTPResponse, _ action: String, _ role: Role, secrets: [SecretBytes]
    ) -> CredentialFailure {
        let (code, words) = reply.secretBody.withUnsafeBytes { bytes in
            (
                XMLReply.text(of: "Code", in: bytes).map { BoundedText.printable($0) } ?? "status \(reply.status)",
                XMLReply.text(of: "Message", in: bytes).map { ServiceWords.shown($0, without: secrets) } ?? ""
            )
        }
        let remedy =
            switch code {
            case "AccessDenied":
                "; the role's trust policy must let this identity assume it"
            case "ExpiredTokenException", "ExpiredToken": "; is the token renewed?"
            case "InvalidIdentityToken":
                "; the token's issuer must be an identity provider of the account, and its audience sts.amazonaws.com"
            case "RegionDisabledException": "; the token service is off in this region"
            default: ""
            }
        let isPassing = reply.status >= 500 || code == "Throttling" || code == "IDPCommunicationError"
        let said = words.isEmpty ? code : "\(code), \(words)"
        return CredentialFailure(
            isPassing ? .unavailable : .rejected,
            "the AWS token service refuses \(action) for \(BoundedText.quoted(role.arn)): \(said)\(remedy)")
    }
}
