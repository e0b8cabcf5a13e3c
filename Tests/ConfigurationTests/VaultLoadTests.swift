import KeyManagement
import Records
import Testing

@testable import Configuration

/// What becomes of the ways to log in to Vault.
@Suite struct VaultLoadTests {
    @Test(
        "Each way to log in to Vault is read",
        arguments: [
            ("token: abc", "token(abc)"),
            ("type: TOKEN, token: {file: f}", "token(file f)"),
            ("type: APP_ROLE, roleId: r, secretId: {file: f}", "appRole(r, file f, approle)"),
            ("type: APP_ROLE, roleId: r, secretId: s, mount: a/b", "appRole(r, s, a/b)"),
            ("type: USERNAME_PASSWORD, username: u, password: p", "userPassword(u, p, userpass)"),
            ("type: LDAP, username: u, password: p", "ldap(u, p, ldap)"),
            ("type: JWT, role: r, jwt: {file: f}", "jwt(r, file f, jwt)"),
            ("type: KUBERNETES, role: r", "kubernetes(r, serviceaccount/token, kubernetes)"),
            ("type: KUBERNETES, role: r, path: f, mount: k8s", "kubernetes(r, f, k8s)"),
            ("type: CERT, certificateFile: f, name: n", "certificate(n, cert)"),
            ("type: CERT, certificateFile: f", "certificate(any, cert)"),
        ])
    func login(text: String, expected: String) throws {
        let file = ConfigurationFile(
            replacing: #"uri: "http://localhost:8200", token: s3cr3t"#,
            with: #"uri: "https://localhost:8200", \#(text)"#,
            files: ["f": "t0ps3cret\n"])
        let settings = try #require(try file.configuration().keyManagement.vault)
        #expect(Self.words(settings.authentication) == expected)
        #expect(text.contains("certificateFile") == (settings.certificateFile != nil))
    }

    private static func words(_ authentication: VaultSettings.Authentication) -> String {
        switch authentication {
        case .token(let token): "token(\(words(token)))"
        case .appRole(let role, let secret, let mount): "appRole(\(words(role)), \(words(secret)), \(mount))"
        case .userPassword(let name, let password, let mount): "userPassword(\(name), \(words(password)), \(mount))"
        case .ldap(let name, let password, let mount): "ldap(\(name), \(words(password)), \(mount))"
        case .jwt(let role, let jwt, let mount): "jwt(\(role), \(words(jwt)), \(mount))"
        case .kubernetes(let role, let path, let mount):
            "kubernetes(\(role), \(path.split(separator: "/").suffix(path.hasPrefix("/var") ? 2 : 1).joined(separator: "/")), \(mount))"
        case .certificate(let name, let mount): "certificate(\(name ?? "any"), \(mount))"
        }
    }

    private static func words(_ source: SecretSource) -> String {
        switch source {
        case .text(let secret): secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        case .file(let path): "file \(path.split(separator: "/").last ?? "")"
        }
    }
}
