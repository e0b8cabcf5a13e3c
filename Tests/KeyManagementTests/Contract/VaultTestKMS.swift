import Foundation
import Records
import TestServers

@testable import KeyManagement

/// `vault-kms` for the contract suite: one OpenBao for the whole suite, with keys and credentials of its own for each test.
struct VaultTestKMS: RemoteTestKMS {
    /// For a token that could not make a key: encrypting with a missing one would make it.
    static let policy = """
        path "transit/encrypt/*" { capabilities = ["update"] }
        path "transit/decrypt/*" { capabilities = ["update"] }
        """

    private static let server = Result { try OpenBao() }

    private let bao: OpenBao
    private let folder: TemporaryFolder
    private let name: String
    private var tokenFile: String { folder.file("token") }

    let key: KeySecretID
    let otherKey: KeySecretID
    let absentKey: KeySecretID
    let refusedKey: KeySecretID?
    let service: any KeyManagementService

    var url: String { bao.url }
    var keyCalls: String { "/v1/transit/(en|de)crypt/" }
    var credentialCalls: String? { nil }
    var rotate: (@Sendable () throws -> Void)? {
        { [bao, name] in try bao.administer(.post, "transit/keys/\(name)/rotate") }
    }
    var enable: (@Sendable (Bool) throws -> Void)? {
        { [bao, name] isEnabled in
            if isEnabled {
                try bao.administer(.post, "transit/keys/\(name)/soft-delete-restore")
            } else {
                try bao.administer(.delete, "transit/keys/\(name)/soft-delete")
            }
        }
    }

    init() throws {
        bao = try Self.server.get()
        folder = try TemporaryFolder()
        name = "k" + UUID().uuidString.lowercased()
        let mount = "vault-kms://\(bao.host)/transit/keys/"
        for suffix in ["", "-other", "-refused"] { try bao.makeKey(name + suffix) }
        key = try KeySecretID(parsing: mount + name)
        otherKey = try KeySecretID(parsing: mount + name + "-other")
        absentKey = try KeySecretID(parsing: mount + name + "-absent")
        refusedKey = try KeySecretID(parsing: mount + name + "-refused")
        service = try Self.service(Route(url: bao.url), alias: bao.host, token: .file(path: folder.file("token")))
        try expireCredentials()
    }

    func service(via route: Route) throws -> any KeyManagementService {
        try Self.service(route, alias: bao.host, token: .file(path: tokenFile))
    }

    func serviceWithWrongCredentials() throws -> any KeyManagementService {
        let token = SecretBytes(copying: Array(ContractProvider.wrongSecret.utf8))
        return try Self.service(Route(url: bao.url), alias: bao.host, token: .text(token))
    }

    /// Revokes the token in the file, if there is one, and puts a new one there.
    func expireCredentials() throws {
        if let old = try? String(contentsOfFile: tokenFile, encoding: .utf8) {
            try bao.administer(.post, "auth/token/revoke", #"{"token":"\#(old)"}"#)
        }
        let own = ["encrypt", "decrypt"].flatMap { operation in
            ["", "-other"].map { #"path "transit/\#(operation)/\#(name)\#($0)" { capabilities = ["update"] }"# }
        }
        let token = try bao.token(policy: own.joined(separator: "\n"))
        try token.write(toFile: tokenFile, atomically: true, encoding: .utf8)
    }

    private static func service(
        _ route: Route, alias: String, token: SecretSource
    ) throws -> any KeyManagementService {
        try KeyManagementServices(
            KeyManagementSettings(
                vault: VaultSettings(
                    uri: route.url, authentication: .token(token), caFile: route.caFile, aliases: [alias])))
    }
}
