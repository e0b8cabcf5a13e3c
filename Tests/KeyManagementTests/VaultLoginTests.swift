import Foundation
import Records
import Synchronization
import TestServers
import Testing

@testable import KeyManagement

/// The tokens of `vault-kms`: how they are had, kept alive and replaced.
@Suite struct VaultLoginTests {
    private let secret = SecretBytes(copying: [UInt8](repeating: 7, count: 32))
    private static let renewals = "/v1/auth/token/renew-self"

    /// A login to the shared OpenBao, a key that it may use, and a proxy that sees the calls.
    private struct Way {
        let login: VaultTestLogin
        let proxy: FaultProxy
        let key: KeySecretID
        let service: VaultService

        func logins() throws -> Int { try proxy.requests("/v1/\(login.path!)").count }
        func renewals() throws -> Int { try proxy.requests(VaultLoginTests.renewals).count }
    }

    private func way(
        _ method: VaultTestLogin.Method, tokenSettings: [String: String] = [:], policy more: String = ""
    ) throws -> Way {
        let server = try VaultTestServer.shared.get()
        let name = "k" + UUID().uuidString.lowercased()
        try server.bao.makeKey(name)
        let policy = #"path "transit/encrypt/\#(name)" { capabilities = ["update"] }"# + more
        let login = try VaultTestLogin(method, server, name: name, policy: policy, tokenSettings: tokenSettings)
        let proxy = try FaultProxy(before: server.bao.url)
        let service = try VaultService(
            VaultSettings(
                uri: proxy.url, authentication: login.authentication, aliases: [server.bao.host]))
        let key = try KeySecretID(parsing: "vault-kms://\(server.bao.host)/transit/keys/\(name)")
        return Way(login: login, proxy: proxy, key: key, service: service)
    }

    private func wrap(_ way: Way) throws(KeyManagementError) {
        _ = try way.service.wrap(secret, under: way.key, topic: "t", within: 5_000)
    }

    private func isUnauthenticated(_ error: any Error) -> Bool {
        guard case .unauthenticated? = error as? KeyManagementError else { return false }
        return true
    }

    @Test func manyCallsAtOnceLogInOnce() throws {
        let way = try way(.appRole)
        let failures = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            do { try wrap(way) } catch { failures.withLock { $0 += 1 } }
        }
        #expect(failures.withLock { $0 } == 0)
        #expect(try way.logins() == 1)
    }

    @Test func aTokenIsRenewedAheadOfItsEndWhileNobodyCalls() throws {
        let way = try way(.appRole, tokenSettings: ["token_ttl": "10s", "token_max_ttl": "1h"])
        try wrap(way)
        try Poll.until { try way.renewals() > 0 }
        try wrap(way)
        #expect(try way.logins() == 1)
    }

    @Test func aTokenThatNoRenewalProlongsIsReplacedAheadOfItsEnd() throws {
        let way = try way(.appRole, tokenSettings: ["token_ttl": "5s", "token_max_ttl": "5s"])
        try wrap(way)
        #expect(try way.logins() == 1)
        try Poll.until { try way.logins() == 2 }
        try wrap(way)
    }

    @Test func aTokenThatMayNotRenewItselfIsReplaced() throws {
        let way = try way(
            .appRole, tokenSettings: ["token_ttl": "5s", "token_no_default_policy": "true"])
        try wrap(way)
        try Poll.until { try way.renewals() > 0 && way.logins() > 1 }
        try wrap(way)
    }

    @Test func aGivenTokenIsRenewedBeyondItsFirstLife() throws {
        let server = try VaultTestServer.shared.get()
        let name = "k" + UUID().uuidString.lowercased()
        try server.bao.makeKey(name)
        let policy = #"path "transit/encrypt/\#(name)" { capabilities = ["update"] }"#
        let token = try server.bao.token(policy: policy, more: #","ttl":"6s","renewable":true"#)
        let proxy = try FaultProxy(before: server.bao.url)
        let service = try VaultService(
            VaultSettings(
                uri: proxy.url, authentication: .token(.text(SecretBytes(copying: token))), aliases: [server.bao.host]))
        let key = try KeySecretID(parsing: "vault-kms://\(server.bao.host)/transit/keys/\(name)")
        _ = try service.wrap(secret, under: key, topic: "t", within: 5_000)
        try Poll.until { try proxy.requests(Self.renewals).count == 3 }
        _ = try service.wrap(secret, under: key, topic: "t", within: 5_000)
    }

    @Test func aSecretFileIsReadAgainForEachLogin() throws {
        for method in [VaultTestLogin.Method.appRole, .userPassword, .jwt] {
            let way = try way(method)
            let right = try String(contentsOfFile: way.login.secretFile, encoding: .utf8)
            try FileManager.default.removeItem(atPath: way.login.secretFile)
            #expect { try wrap(way) } throws: { isUnauthenticated($0) && "\($0)".contains("No such file") }
            try ContractProvider.wrongSecret.write(toFile: way.login.secretFile, atomically: true, encoding: .utf8)
            #expect { try wrap(way) } throws: { isUnauthenticated($0) }
            try (right + "\n").write(toFile: way.login.secretFile, atomically: true, encoding: .utf8)
            try wrap(way)
        }
    }

    @Test func aTokenThatIsRefusedIsReplacedOncePerCall() throws {
        let stub = try StubServer { request in
            if request.hasPrefix("POST /v1/auth/") {
                return .reply(
                    status: 200, body: #"{"auth":{"client_token":"s.t","lease_duration":60,"renewable":false}}"#)
            }
            return .reply(status: 403, body: #"{"errors":["permission denied"]}"#)
        }
        let role = SecretSource.text(SecretBytes(copying: "r"))
        let service = try VaultService(
            VaultSettings(uri: "http://\(stub.host)", authentication: .appRole(roleID: role, secretID: role)))
        let key = try KeySecretID(parsing: "vault-kms://\(stub.host)/transit/keys/pii")
        #expect { try service.wrap(secret, under: key, topic: "t", within: 5_000) } throws: { isUnauthenticated($0) }
        #expect(stub.requests.filter { $0.contains("/login ") }.count == 2)
        #expect(stub.requests.filter { $0.contains("/encrypt/") }.count == 2)
    }

    @Test func aKeyThatThePolicyRefusesCostsNoLogin() throws {
        let way = try way(.appRole)
        try wrap(way)
        let refused = try KeySecretID(parsing: way.key.text + "-refused")
        #expect {
            try way.service.wrap(secret, under: refused, topic: "t", within: 5_000)
        } throws: { error in
            guard case .refused? = error as? KeyManagementError else { return false }
            return true
        }
        #expect(try way.logins() == 1)
    }

    @Test func aLoginIsMadeInTheNamespace() throws {
        let bao = try VaultTestServer.shared.get().bao
        let namespace = "n" + UUID().uuidString.lowercased()
        try bao.administer(.post, "sys/namespaces/\(namespace)")
        try bao.administer(.post, "sys/mounts/transit", #"{"type":"transit"}"#, namespace: namespace)
        try bao.makeKey("own", namespace: namespace)
        try bao.administer(.post, "sys/auth/userpass", #"{"type":"userpass"}"#, namespace: namespace)
        let policy = #"{"policy":"path \"transit/encrypt/own\" { capabilities = [\"update\"] }"}"#
        try bao.administer(.put, "sys/policies/acl/own", policy, namespace: namespace)
        try bao.administer(
            .post, "auth/userpass/users/f", #"{"password":"p","token_policies":"own"}"#, namespace: namespace)
        let key = try KeySecretID(parsing: "vault-kms://\(bao.host)/transit/keys/own")
        let login = VaultSettings.Authentication.userPassword(
            username: "f", password: .text(SecretBytes(copying: "p")))
        let inside = try VaultService(VaultSettings(uri: bao.url, authentication: login, namespace: namespace))
        _ = try inside.wrap(secret, under: key, topic: "t", within: 5_000)
        let outside = try VaultService(VaultSettings(uri: bao.url, authentication: login))
        #expect { try outside.wrap(secret, under: key, topic: "t", within: 5_000) } throws: { isUnauthenticated($0) }
    }

    @Test func aUserNameAndSecretsArriveAsTheyAre() throws {
        let stub = try StubServer { _ in .reply(status: 400, body: #"{"errors":["no"]}"#) }
        let password = SecretSource.text(SecretBytes(copying: "a\"b\\c\u{1}\u{1F}\u{E9}"))
        let service = try VaultService(
            VaultSettings(
                uri: "http://\(stub.host)",
                authentication: .ldap(username: "a/b c%\u{E9}", password: password, mount: "corp/ldap"),
                namespace: "team"))
        let key = try KeySecretID(parsing: "vault-kms://\(stub.host)/transit/keys/pii")
        #expect { try service.wrap(secret, under: key, topic: "t", within: 5_000) } throws: { error in
            isUnauthenticated(error) && "\(error)".contains("the login by LDAP at auth/corp/ldap/login")
        }
        let request = try #require(stub.requests.first)
        #expect(request.hasPrefix("POST /v1/auth/corp/ldap/login/a%2Fb%20c%25%C3%A9 HTTP/1.1\r\n"))
        #expect(request.hasSuffix("\r\n\r\n" + #"{"password":"a\"b\\c\u0001\u001f"# + "\u{E9}\"}"))
        #expect(request.contains("\r\nX-Vault-Namespace: team\r\n") && !request.contains("X-Vault-Token"))
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"auth":null}"#, #"{"auth":{}}"#, #"{"auth":{"client_token":""}}"#,
        #"{"auth":{"client_token":"t"}}"#, #"{"auth":{"client_token":"t","lease_duration":-1}}"#,
        #"{"auth":{"client_token":"t","lease_duration":99999999999999999999}}"#,
        #"{"auth":{"client_token":"t","lease_duration":"60"}}"#,
        #"{"auth":{"client_token":"a b","lease_duration":60}}"#,
        #"{"auth":{"client_token":"a\r\nX: y","lease_duration":60}}"#,
        #"{"auth":{"client_token":7,"lease_duration":60}}"#,
        #"{"auth":{"client_token":"t","lease_duration":60}"#,
    ])
    func aReplyToALoginThatMakesNoSenseIsATransientFailure(body: String) throws {
        let stub = try StubServer { _ in .reply(status: 200, body: body) }
        let service = try VaultService(
            VaultSettings(
                uri: "http://\(stub.host)",
                authentication: .userPassword(username: "u", password: .text(SecretBytes(copying: "p")))))
        let key = try KeySecretID(parsing: "vault-kms://\(stub.host)/transit/keys/pii")
        #expect {
            try service.wrap(secret, under: key, topic: "t", within: 5_000)
        } throws: { error in
            guard case .malformedReply? = error as? KeyManagementError else { return false }
            return true
        }
        #expect(stub.requests.count == 1)
    }

    @Test(arguments: ["", "/", "a//b", "..", "a/../b", "a b", "a?b", "a%2Fb"])
    func aMountThatIsNoPathIsAnErrorOfTheSettings(mount: String) {
        let role = SecretSource.text(SecretBytes(copying: "r"))
        #expect {
            try VaultService(
                VaultSettings(
                    uri: "http://127.0.0.1:1", authentication: .appRole(roleID: role, secretID: role, mount: mount)))
        } throws: { error in
            guard case .invalidSettings? = error as? KeyManagementError else { return false }
            return true
        }
    }
}
