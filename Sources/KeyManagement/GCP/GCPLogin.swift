import HTTPTransport
import Records

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Gets access tokens for Cloud KMS: see `GCPSettings.Credentials` for the ways.
struct GCPLogin: Sendable {
    private let credentials: GCPSettings.Credentials
    private let exchangesTokens: Bool
    private let isInsecureAllowed: Bool
    private let metadataServer: ServiceAddress
    private let client: HTTPClient

    /// What a token that is exchanged is good for: Cloud KMS and nothing else.
    private static let scope = "https://www.googleapis.com/auth/cloudkms"
    /// What the exchanged token of another issuer must be good for: what Google's own clients ask for.
    private static let federatedScope = "https://www.googleapis.com/auth/cloud-platform"
    /// The same where it only gets a token of a service account.
    private static let impersonationScope = "https://www.googleapis.com/auth/iam"
    /// Whom an assertion that is exchanged is meant for, wherever the token service is reached.
    private static let tokenAudience = "https://oauth2.googleapis.com/token"
    /// Whom an assertion that is used as it is is meant for.
    private static let serviceAudience = "https://cloudkms.googleapis.com/"

    private typealias Issued = TokenEndpoint.Issued

    /// Takes the settings; a credentials file is read, so that one that can't be used is found at start.
    init(
        _ settings: GCPSettings, client: HTTPClient, environment: (String) -> String?
    ) throws(KeyManagementError) {
        self.client = client
        exchangesTokens = settings.exchangesTokens
        isInsecureAllowed = settings.allowsInsecure
        credentials =
            switch settings.credentials {
            case .applicationDefault:
                environment("GOOGLE_APPLICATION_CREDENTIALS").map { .file(path: $0) } ?? .metadataServer
            case .file, .metadataServer: settings.credentials
            }
        guard let server = ServiceAddress(parsing: settings.metadataServer),
            server.isSecure || server.isLoopback || server.isLinkLocal || isInsecureAllowed
                || settings.metadataServer == GCPSettings.defaultMetadataServer
        else {
            throw .invalidSettings(
                reason: "the metadata server's address \(BoundedText.quoted(settings.metadataServer)) can't be used: "
                    + "it is neither https nor on this machine or its link")
        }
        metadataServer = server
        guard case .file(let path) = credentials else { return }
        do throws(CredentialFailure) {
            _ = try Account(CredentialsFile(path: path), isInsecureAllowed: isInsecureAllowed)
        } catch {
            throw .invalidSettings(reason: "gcp-kms: \(error.reason)")
        }
    }

    /// A new token.
    func logIn(within milliseconds: Int) throws(CredentialFailure) -> TokenEndpoint.Issued {
        let end = MonotonicClock.milliseconds + milliseconds
        switch credentials {
        case .file(let path):
            switch try Account(CredentialsFile(path: path), isInsecureAllowed: isInsecureAllowed) {
            case .service(let account): return try token(of: account, until: end)
            case .external(let account): return try token(of: account, until: end)
            }
        case .metadataServer, .applicationDefault: return try machineToken(until: end)
        }
    }

    /// What a credentials file describes.
    private enum Account {
        case service(GCPServiceAccount)
        case external(GCPExternalAccount)

        init(_ file: CredentialsFile, isInsecureAllowed: Bool) throws(CredentialFailure) {
            switch try file.text("type") {
            case "service_account"?:
                self = .service(try GCPServiceAccount(file, isInsecureAllowed: isInsecureAllowed))
            case "external_account"?:
                self = .external(try GCPExternalAccount(file, isInsecureAllowed: isInsecureAllowed))
            default: throw file.failure("its type is neither service_account nor external_account")
            }
        }
    }

    private func token(of account: GCPServiceAccount, until end: Int) throws(CredentialFailure) -> Issued {
        let now = time(nil)
        guard exchangesTokens else {
            return Issued(
                value: try account.assertion(audience: Self.serviceAudience, scope: nil, now: now),
                lifetimeMilliseconds: GCPServiceAccount.lifetimeSeconds * 1_000)
        }
        let assertion = try account.assertion(audience: Self.tokenAudience, scope: Self.scope, now: now)
        let form = FormBody()
        form.append("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        form.append("assertion", assertion)
        return try endpoint("Google's token service", account.tokenAddress)
            .token(Self.post(form, to: account.tokenAddress, until: end), secrets: [assertion])
    }

    private func token(of account: GCPExternalAccount, until end: Int) throws(CredentialFailure) -> Issued {
        let subject = try account.subjectToken()
        let form = FormBody()
        form.append("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
        form.append("audience", account.audience)
        form.append(
            "scope", account.impersonationAddress == nil ? Self.federatedScope : Self.impersonationScope)
        form.append("requested_token_type", "urn:ietf:params:oauth:token-type:access_token")
        form.append("subject_token", subject)
        form.append("subject_token_type", account.subjectTokenType)
        let federated = try endpoint("Google's security token service", account.tokenAddress)
            .token(Self.post(form, to: account.tokenAddress, until: end), secrets: [subject])
        guard let address = account.impersonationAddress else { return federated }
        return try impersonate(address, by: federated.value, seconds: account.lifetimeSeconds, until: end)
    }

    private func impersonate(
        _ address: ServiceAddress, by federated: SecretBytes, seconds: Int, until end: Int
    ) throws(CredentialFailure) -> Issued {
        let body = #"{"scope":["\#(Self.scope)"],"lifetime":"\#(seconds)s"}"#
        let request = HTTPRequest(
            .post, address.base, headers: [HTTPHeader("Content-Type", "application/json")],
            body: .plain(Array(body.utf8)), authorization: .bearer(federated), mayRepeat: true,
            totalTimeoutMilliseconds: Self.left(until: end))
        let endpoint = endpoint("Google's service account credentials service", address)
        let reply = try endpoint.send(request, secrets: [federated])
        return try reply.secretBody.withUnsafeBytes { (bytes) throws(CredentialFailure) in
            Issued(
                value: try endpoint.token([.member("accessToken")], in: bytes), lifetimeMilliseconds: seconds * 1_000)
        }
    }

    private func machineToken(until end: Int) throws(CredentialFailure) -> Issued {
        // The header keeps requests from other sites' pages out, and its answer keeps other servers' replies out.
        let request = HTTPRequest(
            .get, metadataServer.base + "/computeMetadata/v1/instance/service-accounts/default/token",
            headers: [HTTPHeader("Metadata-Flavor", "Google")], totalTimeoutMilliseconds: Self.left(until: end))
        do throws(CredentialFailure) {
            return try endpoint("Google's metadata server", metadataServer).token(request, secrets: []) { reply in
                reply.header("metadata-flavor") == "Google" ? nil : "it does not say that it is Google's"
            }
        } catch {
            throw error.advising("outside Google Cloud a credentials file is needed")
        }
    }

    private func endpoint(_ name: String, _ address: ServiceAddress) -> TokenEndpoint {
        TokenEndpoint(name: "\(name) \(BoundedText.printable(address.base.utf8))", client: client)
    }

    private static func post(_ form: FormBody, to address: ServiceAddress, until end: Int) -> HTTPRequest {
        HTTPRequest(
            .post, address.base, headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
            body: .secret(form.body), mayRepeat: true, totalTimeoutMilliseconds: left(until: end))
    }

    private static func left(until end: Int) -> Int {
        max(1, end - MonotonicClock.milliseconds)
    }
}
