import Foundation
import Records
import TestServers
import Testing

@testable import KeyManagement

/// `vault-kms` against servers that say what no Vault would.
@Suite struct VaultHostileReplyTests {
    private static let token = "hvs.CAESIsecret-token-of-the-tests"
    private let secret = SecretBytes(copying: [UInt8](repeating: 7, count: 32))
    private let plaintext = Base64.encode([UInt8](repeating: 7, count: 32))
    private let edek = Array("vault:v1:AAAA".utf8)

    private func service(_ stub: StubServer) throws -> VaultService {
        try VaultService(
            VaultSettings(
                uri: "http://\(stub.host)",
                authentication: .token(.text(SecretBytes(copying: Array(Self.token.utf8))))))
    }

    private func key(_ stub: StubServer) throws -> KeySecretID {
        try KeySecretID(parsing: "vault-kms://\(stub.host)/transit/keys/pii")
    }

    /// The error of a wrap and of an unwrap.
    private func errors(
        within milliseconds: Int = 5_000, _ answer: @escaping @Sendable (String) -> StubServer.Answer
    ) throws -> [KeyManagementError] {
        let stub = try StubServer(answer)
        defer { withExtendedLifetime(stub) {} }
        let service = try service(stub)
        let key = try key(stub)
        var errors: [KeyManagementError] = []
        do throws(KeyManagementError) {
            _ = try service.wrap(secret, under: key, topic: "t", within: milliseconds)
        } catch {
            errors.append(error)
        }
        do throws(KeyManagementError) {
            _ = try service.unwrap(edek, under: key, topic: "t", within: milliseconds)
        } catch {
            errors.append(error)
        }
        return errors
    }

    @Test(arguments: [
        "", " ", "null", "[]", "{}", "<html></html>", #"{"data":null}"#, #"{"data":{}}"#,
        #"{"data":{"plaintext":1,"ciphertext":1}}"#,
        #"{"data":{"plaintext":"","ciphertext":""}}"#, #"{"data":{"plaintext":"%%%%","ciphertext":"%%%%"}}"#,
        #"{"data":{"plaintext":"AAA","ciphertext":"vault:v1:"}}"#,
        #"{"data":{"plaintext":"AAA=\n","ciphertext":"AAAA"}}"#,
        #"{"data":{"plaintext":"AA\u0041=","ciphertext":"vault:v1:AA\"AA"}}"#,
        #"{"data":{"plaintext":"AAAA","plaintext":"AAAA","ciphertext":"vault:v1:AAAA","ciphertext":"vault:v1:AAAA"}}"#,
        #"{"data":{"plaintext":"AAAA","ciphertext":"vault:v1:AAAA"}} x"#,
        #"{"data":{"plaintext":"AAAA","ciphertext":"vault:v1:AAAA"}"#, String(repeating: "[", count: 50_000),
        #"{"data":{"ciphertext":"vault:v1:"# + String(repeating: "A", count: 5_000) + #"","plaintext":"="}}"#,
    ])
    func aReplyThatMakesNoSenseIsATransientError(body: String) throws {
        let errors = try errors { _ in .reply(status: 200, body: body) }
        #expect(errors.count == 2)
        for error in errors {
            guard case .malformedReply = error else {
                Issue.record("\(error)")
                continue
            }
            #expect(error.isTransient)
        }
    }

    @Test func bytesThatAreNoHTTPAreATransientError() throws {
        for bytes in [Array("garbage\r\n\r\n".utf8), [UInt8](repeating: 0, count: 1_000), []] {
            let errors = try errors { _ in .raw(bytes) }
            #expect(errors.count == 2)
            let transient = errors.filter { $0.isTransient }
            #expect(transient.count == 2)
        }
    }

    @Test func aReplyOfMoreThan64KilobytesIsCutOff() throws {
        let long = #"{"data":{"x":""# + String(repeating: "x", count: 5_000_000) + #"","plaintext":"AAAA"}}"#
        for error in try errors({ _ in .reply(status: 200, body: long) }) {
            guard case .malformedReply = error else {
                Issue.record("\(error)")
                continue
            }
        }
    }

    @Test func aServerThatIsSilentOrDripsIsGivenUp() throws {
        for answer in [StubServer.Answer.silence, .drip] {
            let errors = try errors(within: 200) { _ in answer }
            #expect(errors.count == 2)
            for error in errors {
                guard case .timedOut = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(error.isTransient)
            }
        }
    }

    @Test(arguments: [
        (400, "permanent"), (401, "transient"), (404, "permanent"), (405, "permanent"), (408, "transient"),
        (412, "transient"), (429, "transient"), (500, "transient"), (502, "transient"), (503, "transient"),
        (504, "transient"), (599, "transient"), (301, "transient"), (307, "transient"), (204, "transient"),
        (201, "transient"),
        (403, "transient"),
    ])
    func eachStatusIsTransientOrPermanent(status: Int, expected: String) throws {
        let errors = try errors { _ in .reply(status: status, body: "") }
        #expect(errors.count == 2)
        for error in errors {
            #expect((error.isTransient ? "transient" : "permanent") == expected)
            #expect("\(error)".contains("\(status)"))
        }
    }

    @Test func aThrottlingServerIsNamedAsSuch() throws {
        for error in try errors({ _ in .reply(status: 429, body: #"{"errors":["slow down"]}"#) }) {
            guard case .throttled(_, let reason) = error else {
                Issue.record("\(error)")
                continue
            }
            #expect(reason.contains("slow down"))
        }
    }

    @Test func aRedirectIsNotFollowed() throws {
        let other = try StubServer { _ in .reply(status: 200, body: "{}") }
        let location = "Location: http://\(other.host)/v1/transit/encrypt/pii"
        let errors = try errors { _ in .reply(status: 307, body: "", headers: [location]) }
        #expect(errors.count == 2)
        #expect(other.requests.isEmpty)
    }

    @Test func theServersWordsAreShownInOneShortPrintableLine() throws {
        let words = #"a\n\tb \u001b[31m "# + "\u{202E}" + String(repeating: "long ", count: 10_000)
        for error in try errors({ _ in .reply(status: 400, body: "{\"errors\":[\"\(words)\"]}") }) {
            let said = "\(error)"
            #expect(said.utf8.count < 600)
            #expect(said.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            #expect(said.contains("a b "))
        }
    }

    @Test func wordsThatRepeatTheTokenOrTheKeyAreNotShown() throws {
        let token = Self.token
        let plaintext = plaintext
        for words in [
            token, "bad token " + token, "x" + token.dropFirst(4) + "y", plaintext, "got " + plaintext,
            String(plaintext.dropLast(10)),
        ] {
            let errors = try errors { request in
                request.contains("/lookup-self")
                    ? .reply(status: 403, body: "") : .reply(status: 400, body: #"{"errors":["\#(words)"]}"#)
            }
            #expect(errors.count == 2)
            #expect(!"\(errors[0])".contains(token.suffix(12)) && !"\(errors[0])".contains(plaintext.prefix(12)))
            #expect(!"\(errors[1])".contains(token.suffix(12)))
        }
    }

    @Test func whatIsSentIsWhatTransitExpects() throws {
        let stub = try StubServer { _ in .reply(status: 200, body: #"{"data":{"ciphertext":"vault:v1:AAAA"}}"#) }
        let settings = VaultSettings(
            uri: "http://\(stub.host)/behind/",
            authentication: .token(.text(SecretBytes(copying: Array(Self.token.utf8)))),
            namespace: "team/a")
        let key = try KeySecretID(parsing: "vault-kms://\(stub.host)/a/transit/keys/pii-1")
        _ = try VaultService(settings).wrap(secret, under: key, topic: "t", within: 5_000)
        let request = try #require(stub.requests.first)
        #expect(request.hasPrefix("POST /behind/v1/a/transit/encrypt/pii-1 HTTP/1.1\r\n"))
        #expect(request.contains("\r\nX-Vault-Token: \(Self.token)\r\n"))
        #expect(request.contains("\r\nX-Vault-Namespace: team/a\r\n"))
        #expect(request.hasSuffix("\r\n\r\n{\"plaintext\":\"\(plaintext)\"}"))
    }

    @Test(arguments: [
        "", "vault:8200", "ftp://vault", "https://", "https://u:p@vault", "https://vault:0", "https://vault/a?b",
        "https://vault/%2e",
    ])
    func anAddressThatIsNoneIsAnErrorOfTheSettings(uri: String) {
        let settings = VaultSettings(uri: uri, authentication: .token(.file(path: "/nowhere")))
        #expect {
            try VaultService(settings)
        } throws: { error in
            guard case .invalidSettings? = error as? KeyManagementError else { return false }
            return true
        }
    }
}
