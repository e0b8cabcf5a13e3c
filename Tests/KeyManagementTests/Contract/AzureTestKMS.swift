import Foundation
import Records
import TestServers

@testable import KeyManagement

/// `azure-kms` for the contract suite, by each way to log in.
struct AzureTestKMS: RemoteTestKMS {
    enum Way: Sendable {
        case clientSecret
        case workloadIdentity
        case managedIdentity
    }

    private let way: Way
    private let cloud: AzureCloud
    private let folder: TemporaryFolder
    private let client: String
    private let tenant: String
    private let name: String

    let key: KeySecretID
    let otherKey: KeySecretID
    let absentKey: KeySecretID
    let refusedKey: KeySecretID?
    private var made: (any KeyManagementService)?

    var service: any KeyManagementService { made! }
    var url: String { cloud.stub.url }
    /// Not the call that asks for the challenge.
    var keyCalls: String { #"/(un)?wrapkey\?[\s\S]*\nauthorization: "# }
    var credentialCalls: String? { way == .managedIdentity ? "/metadata/identity/" : "/oauth2/v2.0/token " }
    var rotate: (@Sendable () throws -> Void)? { { [cloud, name] in try cloud.makeKey(name) } }
    var enable: (@Sendable (Bool) throws -> Void)? { { [cloud, name] in try cloud.enable(name, $0) } }

    init(_ way: Way) throws {
        self.way = way
        cloud = try AzureCloud.shared.get()
        folder = try TemporaryFolder()
        client = UUID().uuidString.lowercased()
        name = "k" + client
        let keys = "azure-kms://\(AzureCloud.vault)/keys/"
        key = try KeySecretID(parsing: keys + name)
        otherKey = try KeySecretID(parsing: keys + name + "-other")
        absentKey = try KeySecretID(parsing: keys + name + "-absent")
        refusedKey = try KeySecretID(parsing: keys + name + "-refused")
        tenant = try cloud.client(client).tenant
        for suffix in ["", "-other", "-refused"] { try cloud.makeKey(name + suffix) }
        for suffix in ["", "-other", "-absent"] { try cloud.grant(client, name + suffix) }
        try expireCredentials()
        made = try service(via: Route(url: cloud.stub.url))
    }

    func service(via route: Route) throws -> any KeyManagementService {
        try service(route, client: client, secretFile: folder.file("secret"))
    }

    func serviceWithWrongCredentials() throws -> any KeyManagementService {
        try Data(ContractProvider.wrongSecret.utf8).write(to: URL(fileURLWithPath: folder.file("wrong")))
        let client = way == .managedIdentity ? UUID().uuidString : client
        return try service(Route(url: url), client: client, secretFile: folder.file("wrong"))
    }

    /// Takes the tokens back, and what they came from where it is a secret.
    func expireCredentials() throws {
        try cloud.revoke(client)
        let secret =
            switch way {
            case .clientSecret: try cloud.client(client).secret
            case .workloadIdentity: try cloud.subjectToken(client)
            case .managedIdentity: ""
            }
        try secret.write(toFile: folder.file("secret"), atomically: true, encoding: .utf8)
    }

    private func service(_ route: Route, client: String, secretFile: String) throws -> any KeyManagementService {
        let credential: AzureSettings.Credential =
            switch way {
            case .clientSecret: .clientSecret(tenant: tenant, client: client, secret: .file(path: secretFile))
            case .workloadIdentity: .workloadIdentity(tenant: tenant, client: client, tokenFile: secretFile)
            case .managedIdentity: .managedIdentity(client: client)
            }
        let settings = AzureSettings(
            credential: credential, vaults: [AzureSettings.Vault(host: AzureCloud.vault, endpoint: route.url)],
            authorityHost: route.url, metadataServer: "\(route.url)/machine/\(self.client)", caFile: route.caFile)
        return try KeyManagementServices(KeyManagementSettings(azure: settings))
    }
}
