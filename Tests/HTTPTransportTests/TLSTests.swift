import Foundation
import HTTPTransport
import TestServers
import Testing

@Suite struct TLSTests {
    let authority: TestAuthority
    let identity: TestAuthority.Identity

    init() throws {
        authority = try TestAuthority()
        identity = try authority.issue("server", for: "IP:127.0.0.1")
    }

    private func isTLSFailure(_ error: any Error) -> Bool {
        guard case .tlsFailed(_, let reason)? = error as? HTTPTransportError else { return false }
        return !reason.isEmpty
    }

    private func get(_ stub: StubRegistry, _ settings: HTTPClient.Settings) throws -> Int {
        try HTTPClient(settings).send(HTTPRequest(.get, stub.url + "/subjects")).status
    }

    @Test func aServerOfTheGivenAuthorityIsTrusted() throws {
        let stub = try StubRegistry(identity: identity)
        #expect(try get(stub, HTTPClient.Settings(caFile: authority.certificateFile)) == 200)
    }

    @Test func aServerOfAnAuthorityThatTheSystemDoesNotKnowIsRefused() throws {
        let stub = try StubRegistry(identity: identity)
        #expect { try get(stub, HTTPClient.Settings()) } throws: { isTLSFailure($0) }
    }

    @Test func aServerOfAnotherAuthorityIsRefused() throws {
        let stub = try StubRegistry(identity: identity)
        let other = try TestAuthority()
        #expect { try get(stub, HTTPClient.Settings(caFile: other.certificateFile)) } throws: { isTLSFailure($0) }
    }

    @Test(arguments: ["DNS:other.example", "IP:127.0.0.2", "DNS:127.0.0.1.example"])
    func aServerOfAnotherNameIsRefused(names: String) throws {
        let stub = try StubRegistry(identity: authority.issue("other", for: names))
        #expect { try get(stub, HTTPClient.Settings(caFile: authority.certificateFile)) } throws: { isTLSFailure($0) }
    }

    @Test func aSelfSignedServerIsRefused() throws {
        let stub = try StubRegistry(identity: authority.selfSigned())
        #expect { try get(stub, HTTPClient.Settings(caFile: authority.certificateFile)) } throws: { isTLSFailure($0) }
        #expect { try get(stub, HTTPClient.Settings()) } throws: { isTLSFailure($0) }
    }

    @Test func aServerThatSpeaksOnlyOldTLSIsRefused() throws {
        let stub = try StubRegistry(["--tls-maximum", "1.1"], identity: identity)
        #expect { try get(stub, HTTPClient.Settings(caFile: authority.certificateFile)) } throws: { isTLSFailure($0) }
    }

    @Test func anExpiredServerIsRefused() throws {
        let stub = try StubRegistry(identity: authority.issue("expired", for: "IP:127.0.0.1", days: -1))
        #expect { try get(stub, HTTPClient.Settings(caFile: authority.certificateFile)) } throws: { isTLSFailure($0) }
    }

    @Test(arguments: ["1.2", "1.3"])
    func aServerThatAsksForACertificateIsShownOne(version: String) throws {
        let stub = try StubRegistry(
            ["--tls-client-ca", authority.certificateFile, "--tls-maximum", version], identity: identity)
        let own = try authority.issue("client", for: "DNS:client.example")
        var settings = HTTPClient.Settings(
            caFile: authority.certificateFile, certificateFile: own.certificateFile, keyFile: own.keyFile)
        #expect(try get(stub, settings) == 200)
        settings.certificateFile = nil
        settings.keyFile = nil
        // With TLS 1.3 the refusal comes after the handshake and may be overtaken by the end of the connection.
        #expect(throws: HTTPTransportError.self) { try get(stub, settings) }
    }

    @Test func aCertificateFileThatIsMissingIsSaidToBe() throws {
        let stub = try StubRegistry(identity: identity)
        #expect { try get(stub, HTTPClient.Settings(caFile: "/nowhere/ca.pem")) } throws: { isTLSFailure($0) }
        let settings = HTTPClient.Settings(
            caFile: authority.certificateFile, certificateFile: "/nowhere/c.pem", keyFile: "/nowhere/c.key")
        #expect { try get(stub, settings) } throws: { isTLSFailure($0) }
    }

    @Test func aPlainServerBehindAnHTTPSAddressIsRefused() throws {
        let stub = try StubRegistry()
        let client = HTTPClient(HTTPClient.Settings(retry: .never))
        #expect(throws: HTTPTransportError.self) {
            try client.send(HTTPRequest(.get, "https://127.0.0.1:\(stub.port)/subjects"))
        }
    }
}
