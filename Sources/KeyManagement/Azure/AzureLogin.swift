import HTTPTransport
import Records

/// Gets access tokens for vaults from Entra or from the machine: see `AzureSettings.Credential` for the ways.
struct AzureLogin: Sendable {
    private enum Way: Sendable {
        case clientSecret(tenant: String, client: String, secret: SecretSource)
        case federatedToken(tenant: String, client: String, file: String)
        case machine(client: String?)
    }

    private let way: Way
    private let authority: ServiceAddress
    private let metadataServer: ServiceAddress
    private let client: HTTPClient

    /// The tenant that logs in; nil for the identity of the machine.
    var tenant: String? {
        switch way {
        case .clientSecret(let tenant, _, _), .federatedToken(let tenant, _, _): tenant
        case .machine: nil
        }
    }

    /// Takes the settings.
    init(
        _ settings: AzureSettings, client: HTTPClient, environment: (String) -> String?
    ) throws(KeyManagementError) {
        self.client = client
        way = Self.way(settings.credential, environment: environment)
        let authority =
            settings.authorityHost ?? environment("AZURE_AUTHORITY_HOST") ?? AzureSettings.defaultAuthorityHost
        guard let address = ServiceAddress(parsing: authority),
            address.isSecure || address.isLoopback || settings.allowsInsecure
        else {
            throw .invalidSettings(
                reason: "Entra's address \(BoundedText.quoted(authority)) is not https://HOST[:PORT], nor http:// on "
                    + "this machine")
        }
        self.authority = address
        guard let server = ServiceAddress(parsing: settings.metadataServer),
            server.isSecure || server.isLoopback || server.isLinkLocal || settings.allowsInsecure
        else {
            throw .invalidSettings(
                reason:
                    "the metadata service's address \(BoundedText.quoted(settings.metadataServer)) is neither https "
                    + "nor on this machine or its link")
        }
        metadataServer = server
        for name in [tenant, clientName] {
            guard name?.utf8.allSatisfy(Self.isNameByte) ?? true, name != "" else {
                throw .invalidSettings(
                    reason: "\(BoundedText.quoted(name ?? "")) is no tenant or client: expected a UUID or a domain")
            }
        }
    }

    private var clientName: String? {
        switch way {
        case .clientSecret(_, let client, _), .federatedToken(_, let client, _): client
        case .machine(let client): client
        }
    }

    private static func way(_ credential: AzureSettings.Credential, environment: (String) -> String?) -> Way {
        switch credential {
        case .clientSecret(let tenant, let client, let secret):
            return .clientSecret(tenant: tenant, client: client, secret: secret)
        case .workloadIdentity(let tenant, let client, let file):
            return .federatedToken(tenant: tenant, client: client, file: file)
        case .managedIdentity(let client): return .machine(client: client)
        case .environment(let tenant, let client):
            guard let file = environment("AZURE_FEDERATED_TOKEN_FILE"),
                let tenant = tenant ?? environment("AZURE_TENANT_ID"),
                let client = client ?? environment("AZURE_CLIENT_ID")
            else { return .machine(client: client ?? environment("AZURE_CLIENT_ID")) }
            return .federatedToken(tenant: tenant, client: client, file: file)
        }
    }

    /// A new token for `resource`, such as `https://vault.azure.net`.
    func logIn(for resource: String, within milliseconds: Int) throws(CredentialFailure) -> TokenEndpoint.Issued {
        let form = FormBody()
        let tenant: String
        let secret: SecretBytes
        switch way {
        case .machine(let client): return try machineToken(resource, client, within: milliseconds)
        case .clientSecret(let own, let client, let source):
            tenant = own
            secret = try Self.read(source)
            form.append("client_id", client)
            form.append("client_secret", secret)
        case .federatedToken(let own, let client, let file):
            tenant = own
            secret = try Self.read(.file(path: file))
            form.append("client_id", client)
            form.append("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            form.append("client_assertion", secret)
        }
        form.append("grant_type", "client_credentials")
        form.append("scope", resource + "/.default")
        let request = HTTPRequest(
            .post, "\(authority.base)/\(tenant)/oauth2/v2.0/token",
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")], body: .secret(form.body),
            mayRepeat: true, totalTimeoutMilliseconds: milliseconds)
        return try TokenEndpoint(name: "Entra at \(authority.base)", client: client).token(request, secrets: [secret])
    }

    private func machineToken(
        _ resource: String, _ identity: String?, within milliseconds: Int
    ) throws(CredentialFailure) -> TokenEndpoint.Issued {
        var query = "api-version=2018-02-01&resource=\(FormBody.encoded(resource))"
        if let identity { query += "&client_id=\(FormBody.encoded(identity))" }
        // The header keeps requests that a server was tricked into out.
        let request = HTTPRequest(
            .get, "\(metadataServer.base)/metadata/identity/oauth2/token?\(query)",
            headers: [HTTPHeader("Metadata", "true")], totalTimeoutMilliseconds: milliseconds)
        do throws(CredentialFailure) {
            return try TokenEndpoint(name: "Azure's metadata service \(metadataServer.base)", client: client)
                .token(request, secrets: [])
        } catch {
            throw error.advising("where the machine has no identity, a tokenCredential is needed")
        }
    }

    private static func read(_ source: SecretSource) throws(CredentialFailure) -> SecretBytes {
        do throws(SecretSource.Unreadable) {
            return try source.read()
        } catch {
            throw CredentialFailure(.rejected, error.reason)
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
