import Foundation
import HTTPTransport
import Records
import TestServers

@testable import KeyManagement

/// A way into the shared OpenBao, set up for one test at a mount of its own.
struct VaultTestLogin: Sendable {
    enum Method: Sendable {
        case token, appRole, userPassword, ldap, jwt, kubernetes, certificate
    }

    let authentication: VaultSettings.Authentication
    let wrongAuthentication: VaultSettings.Authentication
    /// The client's certificate, right and wrong, where that is the login.
    var identity: TestAuthority.Identity?
    var wrongIdentity: TestAuthority.Identity?
    /// Where the login is sent, below `/v1/`; nil for a token.
    let path: String?
    /// Holds the secret that the login reads; not for certificates.
    let secretFile: String
    /// Makes the server refuse the tokens that were given so far.
    let expire: @Sendable () throws -> Void

    var isOverTLS: Bool { identity != nil }

    /// Holds secret files as long as the login lives.
    private let folder: TemporaryFolder

    /// Sets it up for tokens that have `policy`.
    ///
    /// - Parameter tokenSettings: further members of the role in JSON, such as `"token_ttl":"2s"`.
    init(
        _ method: Method, _ server: VaultTestServer, name: String, policy: String, tokenSettings: [String: String] = [:]
    ) throws {
        let bao = server.bao
        let folder = try TemporaryFolder()
        self.folder = folder
        let mount = "m\(name)"
        if method != .token {
            let text = String(decoding: try JSONEncoder().encode(["policy": policy]), as: UTF8.self)
            try bao.administer(.put, "sys/policies/acl/\(name)", text)
            try bao.administer(.post, "sys/auth/\(mount)", #"{"type":"\#(method.engine)"}"#)
        }
        var role = tokenSettings
        role["token_policies"] = name
        var expire: @Sendable () throws -> Void = {
            try bao.administer(.post, "sys/leases/revoke-prefix/auth/\(mount)")
        }
        path = method == .token ? nil : "auth/\(mount)/login"
        let wrong = SecretSource.text(SecretBytes(copying: ContractProvider.wrongSecret))
        let secretFile = folder.file("secret")
        self.secretFile = secretFile
        func keep(_ secret: String) throws { try secret.write(toFile: secretFile, atomically: true, encoding: .utf8) }
        func configure(_ path: String, _ members: [String: String]) throws {
            try bao.administer(
                .post, "auth/\(mount)/\(path)", String(decoding: JSONEncoder().encode(members), as: UTF8.self))
        }
        switch method {
        case .token:
            try keep(bao.token(policy: policy))
            authentication = .token(.file(path: secretFile))
            wrongAuthentication = .token(wrong)
            expire = {
                let old = try String(contentsOfFile: secretFile, encoding: .utf8)
                try bao.administer(.post, "auth/token/revoke", #"{"token":"\#(old)"}"#)
                try bao.token(policy: policy).write(toFile: secretFile, atomically: true, encoding: .utf8)
            }
        case .appRole:
            try configure("role/fieldseal", role)
            let roleID = try bao.string("data.role_id", of: .get, "auth/\(mount)/role/fieldseal/role-id")
            try keep(bao.string("data.secret_id", of: .post, "auth/\(mount)/role/fieldseal/secret-id"))
            let source = SecretSource.text(SecretBytes(copying: roleID))
            authentication = .appRole(roleID: source, secretID: .file(path: secretFile), mount: mount)
            wrongAuthentication = .appRole(roleID: source, secretID: wrong, mount: mount)
        case .userPassword, .ldap:
            // This OpenBao has no LDAP; the route and its words are those of userpass.
            let password = "p\"a\\ss\tw\u{F6}rd"
            role["password"] = password
            try configure("users/field.seal-1", role)
            try keep(password)
            let name = "field.seal-1"
            if method == .ldap {
                authentication = .ldap(username: name, password: .file(path: secretFile), mount: mount)
                wrongAuthentication = .ldap(username: name, password: wrong, mount: mount)
            } else {
                authentication = .userPassword(username: name, password: .file(path: secretFile), mount: mount)
                wrongAuthentication = .userPassword(username: name, password: wrong, mount: mount)
            }
        case .jwt:
            try configure("config", ["jwt_validation_pubkeys": server.tokens.publicKey])
            role.merge(["role_type": "jwt", "bound_audiences": "vault", "user_claim": "sub"]) { $1 }
            try configure("role/fieldseal", role)
            try keep(server.tokens.token(subject: "fieldseal", audience: "vault"))
            authentication = .jwt(role: "fieldseal", jwt: .file(path: secretFile), mount: mount)
            wrongAuthentication = .jwt(role: "fieldseal", jwt: wrong, mount: mount)
        case .kubernetes:
            try configure(
                "config",
                [
                    "kubernetes_host": "http://\(server.kubernetes.host)", "token_reviewer_jwt": "reviewer",
                    "disable_local_ca_jwt": "true",
                    "kubernetes_ca_cert": String(contentsOfFile: server.authority.certificateFile, encoding: .utf8),
                ])
            role.merge([
                "bound_service_account_names": "fieldseal", "bound_service_account_namespaces": "prod",
            ]) { $1 }
            try configure("role/fieldseal", role)
            let account =
                #","kubernetes.io":{"namespace":"prod","serviceaccount":{"name":"fieldseal","uid":"u-1"}}"#
            let subject = "system:serviceaccount:prod:fieldseal"
            try keep(server.tokens.token(subject: subject, audience: "vault", more: account))
            authentication = .kubernetes(role: "fieldseal", tokenFile: secretFile, mount: mount)
            let wrongFile = folder.file("wrong")
            try ContractProvider.wrongSecret.write(toFile: wrongFile, atomically: true, encoding: .utf8)
            wrongAuthentication = .kubernetes(role: "fieldseal", tokenFile: wrongFile, mount: mount)
        case .certificate:
            role["certificate"] = try String(contentsOfFile: server.authority.certificateFile, encoding: .utf8)
            role["allowed_common_names"] = name
            try configure("certs/fieldseal", role)
            authentication = .certificate(name: "fieldseal", mount: mount)
            wrongAuthentication = authentication
            identity = try server.authority.issue(name, for: "DNS:client.example")
            wrongIdentity = try server.authority.issue(name + "-wrong", for: "DNS:client.example")
        }
        self.expire = expire
    }
}

extension VaultTestLogin.Method {
    /// The auth engine that is mounted.
    fileprivate var engine: String {
        switch self {
        case .token: "token"
        case .appRole: "approle"
        case .userPassword, .ldap: "userpass"
        case .jwt: "jwt"
        case .kubernetes: "kubernetes"
        case .certificate: "cert"
        }
    }
}

extension OpenBao {
    /// The string at a dotted path in the reply to an administrative call.
    func string(_ path: String, of method: HTTPMethod, _ call: String) throws -> String {
        let reply = try administer(method, call)
        let steps = path.split(separator: ".").map { JSONReply.Step.member(String($0)) }
        let found = try reply.withUnsafeBytes {
            try JSONReply.string(at: steps, in: $0).map { String(decoding: $0, as: UTF8.self) }
        }
        struct Missing: Error {}
        guard let found else { throw Missing() }
        return found
    }
}
