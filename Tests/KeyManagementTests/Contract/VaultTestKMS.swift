import Foundation
import Records
import TestServers

@testable import KeyManagement

/// `vault-kms` for the contract suite: one OpenBao for the whole suite, with keys and a login of its own for each test.
struct VaultTestKMS: RemoteTestKMS {
    /// For a token that could not make a key: encrypting with a missing one would make it.
    static let policy = """
        path "transit/encrypt/*" { capabilities = ["update"] }
        path "transit/decrypt/*" { capabilities = ["update"] }
        """

    private let server: VaultTestServer
    private let login: VaultTestLogin
    private let name: String

    let key: KeySecretID
    let otherKey: KeySecretID
    let absentKey: KeySecretID
    let refusedKey: KeySecretID?
    let service: any KeyManagementService

    var url: String { login.isOverTLS ? server.secureURL : server.bao.url }
    var keyCalls: String { "/v1/transit/(en|de)crypt/" }
    var credentialCalls: String? { login.path.map { "/v1/\($0)" } }
    var direct: Route { Route(url: url, caFile: login.isOverTLS ? server.authority.certificateFile : nil) }
    var rotate: (@Sendable () throws -> Void)? {
        { [server, name] in try server.bao.administer(.post, "transit/keys/\(name)/rotate") }
    }
    var enable: (@Sendable (Bool) throws -> Void)? {
        { [server, name] isEnabled in
            if isEnabled {
                try server.bao.administer(.post, "transit/keys/\(name)/soft-delete-restore")
            } else {
                try server.bao.administer(.delete, "transit/keys/\(name)/soft-delete")
            }
        }
    }

    init(_ method: VaultTestLogin.Method) throws {
        server = try VaultTestServer.shared.get()
        let bao = server.bao
        name = "k" + UUID().uuidString.lowercased()
        for suffix in ["", "-other", "-refused"] { try bao.makeKey(name + suffix) }
        let own = ["encrypt", "decrypt"].flatMap { [name] operation in
            ["", "-other"].map { #"path "transit/\#(operation)/\#(name)\#($0)" { capabilities = ["update"] }"# }
        }
        login = try VaultTestLogin(method, server, name: name, policy: own.joined(separator: "\n"))
        let mount = "vault-kms://\(bao.host)/transit/keys/"
        key = try KeySecretID(parsing: mount + name)
        otherKey = try KeySecretID(parsing: mount + name + "-other")
        absentKey = try KeySecretID(parsing: mount + name + "-absent")
        refusedKey = try KeySecretID(parsing: mount + name + "-refused")
        let route = Route(
            url: login.isOverTLS ? server.secureURL : bao.url,
            caFile: login.isOverTLS ? server.authority.certificateFile : nil)
        service = try Self.service(route, alias: bao.host, login.authentication, login.identity)
    }

    func makeProxy(identity: TestAuthority.Identity?) throws -> FaultProxy {
        guard login.isOverTLS else { return try FaultProxy(before: url, identity: identity) }
        return try FaultProxy(
            before: url, identity: identity, upstreamAuthority: server.authority.certificateFile,
            upstreamIdentity: login.identity)
    }

    func service(via route: Route) throws -> any KeyManagementService {
        try Self.service(route, alias: server.bao.host, login.authentication, login.identity)
    }

    func serviceWithWrongCredentials() throws -> any KeyManagementService {
        try Self.service(direct, alias: server.bao.host, login.wrongAuthentication, login.wrongIdentity)
    }

    func expireCredentials() throws { try login.expire() }

    private static func service(
        _ route: Route, alias: String, _ authentication: VaultSettings.Authentication,
        _ identity: TestAuthority.Identity?
    ) throws -> any KeyManagementService {
        try KeyManagementServices(
            KeyManagementSettings(
                vault: VaultSettings(
                    uri: route.url, authentication: authentication, caFile: route.caFile,
                    certificateFile: identity?.certificateFile, keyFile: identity?.keyFile, aliases: [alias])))
    }
}
