import Foundation
import HTTPTransport
import KeyManagement
import Operations
import Pipeline
import Records
import TestServers
import Testing

@Suite struct AccessTests {
    private static let services = OperationsServices(version: "1") { [FakePair()] }

    private static func secret(_ text: String) -> SecretSource {
        var text = text
        return .text(text.withUTF8 { SecretBytes(copying: UnsafeRawBufferPointer($0)) })
    }

    private static func settings(_ tokens: [AdminSettings.Token] = []) -> AdminSettings {
        AdminSettings(host: "127.0.0.1", port: 0, tokens: tokens)
    }

    private static let viewer = AdminSettings.Token(name: "ann", secret: secret("ann's token"), roles: [.viewer])

    @Test("With a token configured, probes and metrics need none, and health tells a stranger no more than a word")
    func open() async throws {
        let listener = try await Listener(Self.services, settings: Self.settings([Self.viewer]))
        for path in ["/livez", "/readyz", "/metrics", "/healthz"] {
            #expect(try await listener.send(.get, path).status == 200, "\(path)")
        }
        #expect(try await listener.text("/healthz") == #"{"status":"ok"}"#)
        #expect(try await listener.text("/healthz", token: "ann's token").contains(#""name":"customers""#))
    }

    @Test(
        "A wrong token is refused everywhere, and is not told",
        arguments: ["ann's toke", "ann's token!", "", " ", "ANN'S TOKEN", String(repeating: "x", count: 5_000)])
    func wrong(_ token: String) async throws {
        let listener = try await Listener(Self.services, settings: Self.settings([Self.viewer]))
        for path in ["/livez", "/v1/pairs"] {
            let response = try await listener.send(.get, path, token: token)
            #expect(response.status == 401)
            #expect(response.header("content-type") == "application/problem+json")
            #expect(response.header("www-authenticate")?.hasPrefix("Bearer") == true)
            #expect(
                String(decoding: response.body, as: UTF8.self)
                    == #"{"detail":"The token is not one that is accepted here.","status":401,"title":"Unauthorized"}"#)
        }
    }

    @Test(
        "What is no bearer token is refused", arguments: ["Basic YTpi", "Bearer", "ann's token", "Token ann's token"])
    func otherScheme(_ authorization: String) async throws {
        let listener = try await Listener(Self.services, settings: Self.settings([Self.viewer]))
        let response = try await listener.send(
            .get, "/v1/pairs", headers: [HTTPHeader("Authorization", authorization)])
        #expect(response.status == 401)
    }

    @Test("A token in a file is read again for every request, and while the file is gone nobody has it")
    func rotated() async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("token")
        try Data("first\n".utf8).write(to: URL(filePath: file))
        let token = AdminSettings.Token(name: "ann", secret: .file(path: file), roles: [.viewer])
        let listener = try await Listener(Self.services, settings: Self.settings([token]))
        #expect(try await listener.send(.get, "/v1/pairs", token: "first").status == 200)
        try Data("second\n".utf8).write(to: URL(filePath: file))
        #expect(try await listener.send(.get, "/v1/pairs", token: "first").status == 401)
        #expect(try await listener.send(.get, "/v1/pairs", token: "second").status == 200)
        try FileManager.default.removeItem(atPath: file)
        #expect(try await listener.send(.get, "/v1/pairs", token: "second").status == 401)
        #expect(try await listener.send(.get, "/v1/pairs", token: "").status == 401)
    }

    @Test("Without a token configured this machine may see and nothing else")
    func local() async throws {
        let listener = try await Listener(Self.services)
        #expect(try await listener.send(.get, "/v1/pairs").status == 200)
        let response = try await listener.send(.post, "/v1/pairs/customers/pause", json: #"{"reason":"why"}"#)
        #expect(response.status == 403)
        #expect(String(decoding: response.body, as: UTF8.self).contains("a token with the role operator"))
    }

    @Test(
        "Without a token configured, a request that was not meant for this machine or came through a proxy sees nothing",
        arguments: [
            HTTPHeader("Host", "evil.example"), HTTPHeader("Host", "127.0.0.1.evil.example"),
            HTTPHeader("X-Forwarded-For", "10.0.0.1"), HTTPHeader("Forwarded", "for=10.0.0.1"),
            HTTPHeader("Via", "1.1 proxy"),
        ])
    func rebound(_ header: HTTPHeader) async throws {
        let listener = try await Listener(Self.services)
        for path in ["/v1/pairs", "/metrics"] {
            #expect(try await listener.send(.get, path, headers: [header]).status == 403, "\(path)")
        }
        #expect(try await listener.send(.get, "/livez", headers: [header]).status == 200)
        let health = try await listener.send(.get, "/healthz", headers: [header])
        #expect(String(decoding: health.body, as: UTF8.self) == #"{"status":"ok"}"#)
    }

    @Test("Over TLS, a certificate of the authority has the roles of its common name, and others have none")
    func certificates() async throws {
        let authority = try TestAuthority()
        let server = try authority.issue("listener", for: "IP:127.0.0.1")
        var settings = Self.settings()
        settings.clients = [.init(name: "prometheus", roles: [.viewer])]
        settings.tls = .init(
            certificateFile: server.certificateFile, keyFile: server.keyFile,
            clientAuthorityFile: authority.certificateFile)
        func status(_ identity: TestAuthority.Identity?, _ path: String = "/v1/pairs") async throws -> Int {
            let client = HTTPClient.Settings(
                caFile: authority.certificateFile, certificateFile: identity?.certificateFile,
                keyFile: identity?.keyFile, retry: RetryPolicy(maximumAttempts: 1))
            return try await Listener(Self.services, settings: settings, client: client).send(.get, path).status
        }
        #expect(try await status(authority.issue("prometheus", for: "DNS:prometheus")) == 200)
        #expect(try await status(authority.issue("other", for: "DNS:prometheus")) == 401)
        #expect(try await status(nil) == 401)
        #expect(try await status(nil, "/livez") == 200)
        let stranger = try TestAuthority().issue("prometheus", for: "DNS:prometheus")
        await #expect(throws: HTTPTransportError.self) { _ = try await status(stranger) }
    }

    @Test("A certificate that does not fit its key is refused before anything is served")
    func unfitCertificate() throws {
        let authority = try TestAuthority()
        let one = try authority.issue("one", for: "IP:127.0.0.1")
        let other = try authority.issue("two", for: "IP:127.0.0.1")
        for (certificate, key) in [
            (one.certificateFile, other.keyFile), (one.keyFile, one.keyFile), ("/nowhere.pem", one.keyFile),
        ] {
            var settings = Self.settings()
            settings.tls = .init(certificateFile: certificate, keyFile: key)
            #expect(throws: OperationsError.self) {
                _ = try AdminServer(settings: settings, services: Self.services, logger: Listener.silence)
            }
        }
    }
}
