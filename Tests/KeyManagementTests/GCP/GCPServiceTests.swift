import Foundation
import Records
import TestServers
import Testing

@testable import KeyManagement

/// What is particular to `gcp-kms`; the rest is in the contract suite.
@Suite struct GCPServiceTests {
    private static let resource = "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/pii"

    private let key = try! KeySecretID(parsing: "gcp-kms://" + Self.resource)
    private let plaintext = SecretBytes(copying: [UInt8](repeating: 7, count: 32))
    /// The base64 of `plaintext` and its checksum, and of a ciphertext and its.
    private let plaintextText = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
    private let plaintextSum = "3596965425"
    private let ciphertextText = "MTIzNDU2Nzg5"
    private let ciphertextSum = "3808858755"

    /// Lends a service before a server that gives tokens as a metadata server does and answers all else by `answer`.
    private func withService<Result>(
        answering answer: @escaping @Sendable (String) -> StubServer.Answer,
        _ body: (GCPService, StubServer) throws -> Result
    ) throws -> Result {
        let server = try StubServer { request in
            request.contains("/computeMetadata/")
                ? .reply(
                    status: 200, body: #"{"access_token":"token-of-the-tests","expires_in":3599}"#,
                    headers: ["Metadata-Flavor: Google"])
                : answer(request)
        }
        let url = "http://\(server.host)"
        let settings = GCPSettings(credentials: .metadataServer, endpoint: url, metadataServer: url)
        return try withExtendedLifetime(server) { try body(GCPService(settings), server) }
    }

    private func wrapReply(_ changes: [String: String?] = [:]) -> String {
        reply(
            [
                "name": #""\#(Self.resource)/cryptoKeyVersions/1""#, "ciphertext": #""\#(ciphertextText)""#,
                "ciphertextCrc32c": #""\#(ciphertextSum)""#, "verifiedPlaintextCrc32c": "true",
            ], changes)
    }

    private func unwrapReply(_ changes: [String: String?] = [:]) -> String {
        reply(["plaintext": #""\#(plaintextText)""#, "plaintextCrc32c": #""\#(plaintextSum)""#], changes)
    }

    private func reply(_ members: [String: String], _ changes: [String: String?]) -> String {
        var members = members
        for (name, value) in changes { members[name] = value }
        return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    private func wrap(_ body: String) throws -> [UInt8] {
        try withService(answering: { _ in .reply(status: 200, body: body) }) { service, _ in
            try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
        }
    }

    private func unwrap(_ body: String) throws -> [UInt8] {
        try withService(answering: { _ in .reply(status: 200, body: body) }) { service, _ in
            try service.unwrap(Array(ciphertextText.utf8), under: key, topic: "t", within: 5_000)
                .withUnsafeBytes { [UInt8]($0) }
        }
    }

    private func isMalformed(_ error: any Error) -> Bool {
        guard case .malformedReply? = error as? KeyManagementError else { return false }
        return (error as? KeyManagementError)?.isTransient == true
    }

    @Test func whatIsSentIsWhatCloudKMSExpects() throws {
        let (wrapReply, unwrapReply) = (wrapReply(), unwrapReply())
        let requests = try withService(answering: { request in
            .reply(status: 200, body: request.contains(":encrypt ") ? wrapReply : unwrapReply)
        }) { service, server in
            let edek = try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
            #expect(edek == Array(ciphertextText.utf8))
            _ = try service.unwrap(edek, under: key, topic: "t", within: 5_000)
            return server.requests
        }
        #expect(requests.count == 3)
        #expect(requests[1].hasPrefix("POST /v1/\(Self.resource):encrypt HTTP/1.1\r\n"))
        #expect(requests[1].contains("\r\nAuthorization: Bearer token-of-the-tests\r\n"))
        #expect(requests[1].contains("\r\nContent-Type: application/json\r\n"))
        #expect(
            requests[1].hasSuffix(
                "\r\n\r\n{\"plaintext\":\"\(plaintextText)\",\"plaintextCrc32c\":\"\(plaintextSum)\"}"))
        #expect(requests[2].hasPrefix("POST /v1/\(Self.resource):decrypt HTTP/1.1\r\n"))
        #expect(
            requests[2].hasSuffix(
                "\r\n\r\n{\"ciphertext\":\"\(ciphertextText)\",\"ciphertextCrc32c\":\"\(ciphertextSum)\"}"))
    }

    @Test func aWrapWhoseChecksumsDoNotHoldIsNotUsed() throws {
        #expect(try wrap(wrapReply()) == Array(ciphertextText.utf8))
        #expect(try wrap(wrapReply(["ciphertextCrc32c": ciphertextSum])) == Array(ciphertextText.utf8))
        let changes: [[String: String?]] = [
            ["ciphertextCrc32c": #""3808858754""#], ["ciphertextCrc32c": #""""#], ["ciphertextCrc32c": nil],
            ["ciphertextCrc32c": #""03808858755""#], ["ciphertextCrc32c": "null"],
            ["ciphertext": #""MTIzNDU2Nzg4""#], ["ciphertext": #""MTIzNDU2Nzg""#], ["ciphertext": #""""#],
            ["verifiedPlaintextCrc32c": "false"], ["verifiedPlaintextCrc32c": nil],
            ["verifiedPlaintextCrc32c": #""true""#],
        ]
        for change in changes {
            #expect { try wrap(wrapReply(change)) } throws: { isMalformed($0) }
        }
    }

    @Test func anUnwrapWhoseChecksumDoesNotHoldIsNotUsed() throws {
        #expect(try unwrap(unwrapReply()) == [UInt8](repeating: 7, count: 32))
        let changes: [[String: String?]] = [
            ["plaintextCrc32c": #""3596965426""#], ["plaintextCrc32c": nil], ["plaintextCrc32c": "true"],
            ["plaintext": #""BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwg=""#], ["plaintext": nil],
            ["plaintext": #""""#],
        ]
        for change in changes {
            #expect { try unwrap(unwrapReply(change)) } throws: { isMalformed($0) }
        }
    }

    @Test(arguments: [
        "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/other/cryptoKeyVersions/1",
        "projects/q/locations/europe-west3/keyRings/r/cryptoKeys/pii/cryptoKeyVersions/1",
        "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/pii",
        "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/pii/cryptoKeyVersions/",
        "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/pii/cryptoKeyVersions/x",
        "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/pii/cryptoKeyVersions/1/1",
        "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/pii/versions/1", "", "////////////",
    ])
    func aWrapByAnotherKeyIsNotUsed(name: String) {
        #expect { try wrap(wrapReply(["name": #""\#(name)""#])) } throws: { isMalformed($0) }
    }

    @Test func aProjectMayBeNamedByItsNumber() throws {
        let key = try KeySecretID(parsing: "gcp-kms://" + Self.resource.replacing("projects/p/", with: "projects/12/"))
        let reply = wrapReply()
        try withService(answering: { _ in .reply(status: 200, body: reply) }) { service, _ in
            _ = try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
        }
    }

    @Test(arguments: [
        (401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", "transient", "clock"),
        (403, "PERMISSION_DENIED", "Permission denied", "permanent", "cloudkms.cryptoKeyVersions.useToEncrypt"),
        (400, "FAILED_PRECONDITION", "x is not enabled, current state is: DISABLED.", "permanent", "must be enabled"),
        (400, "FAILED_PRECONDITION", "wrong purpose", "permanent", "ENCRYPT_DECRYPT"),
        (400, "INVALID_ARGUMENT", "The checksum in field plaintext_crc32c did not match", "transient", "checksum"),
        (404, "NOT_FOUND", "CryptoKey not found", "permanent", "key ring"),
        (429, "RESOURCE_EXHAUSTED", "Quota exceeded", "transient", "quota"),
        (499, "CANCELLED", "", "transient", "499"), (504, "DEADLINE_EXCEEDED", "", "transient", "504"),
    ])
    func aRefusalSaysWhatToDo(status: Int, code: String, message: String, kind: String, words: String) throws {
        let body = #"{"error":{"code":\#(status),"message":"\#(message)","status":"\#(code)"}}"#
        #expect {
            try withService(answering: { _ in .reply(status: status, body: body) }) { service, _ in
                try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
            }
        } throws: { error in
            (error as? KeyManagementError)?.isTransient == (kind == "transient") && "\(error)".contains(words)
        }
    }

    @Test func wordsThatRepeatTheTokenOrTheKeyAreNotShown() throws {
        for words in ["bad token token-of-the-tests", "x\(plaintextText)"] {
            let body = #"{"error":{"message":"\#(words)"}}"#
            #expect {
                try withService(answering: { _ in .reply(status: 400, body: body) }) { service, _ in
                    try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
                }
            } throws: { error in
                !"\(error)".contains("token-of") && !"\(error)".contains("BwcH") && "\(error)".contains("400")
            }
        }
    }

    @Test func aRefusedTokenIsReplacedOnce() throws {
        try withService(answering: { _ in .reply(status: 401, body: "") }) { service, server in
            #expect {
                try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
            } throws: { error in
                guard case .unauthenticated? = error as? KeyManagementError else { return false }
                return true
            }
            #expect(server.requests.map { $0.contains("/computeMetadata/") } == [true, false, true, false])
        }
    }

    @Test func aMetadataServerThatDoesNotSayItIsGooglesIsNotBelieved() throws {
        let server = try StubServer { _ in .reply(status: 200, body: #"{"access_token":"x","expires_in":3599}"#) }
        let url = "http://\(server.host)"
        let service = try GCPService(
            GCPSettings(credentials: .metadataServer, endpoint: url, metadataServer: url))
        #expect { try service.wrap(plaintext, under: key, topic: "t", within: 5_000) } throws: { isMalformed($0) }
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [
        #"{"access_token":"x y","expires_in":3599}"#, #"{"access_token":"","expires_in":3599}"#,
        #"{"access_token":"x\"","expires_in":3599}"#, #"{"access_token":"x"}"#,
        #"{"access_token":"x","expires_in":0}"#, #"{"access_token":"x","expires_in":-1}"#,
        #"{"access_token":"x","expires_in":99999999999999999999}"#, #"{"access_token":"x","expires_in":1e9}"#,
        #"{"expires_in":3599}"#, #"{"access_token":1,"expires_in":3599}"#, "[]", "",
    ])
    func aTokenReplyThatMakesNoSenseIsNotUsed(body: String) throws {
        let server = try StubServer { _ in .reply(status: 200, body: body, headers: ["Metadata-Flavor: Google"]) }
        let url = "http://\(server.host)"
        let service = try GCPService(
            GCPSettings(credentials: .metadataServer, endpoint: url, metadataServer: url))
        #expect { try service.wrap(plaintext, under: key, topic: "t", within: 5_000) } throws: { isMalformed($0) }
        #expect(server.requests.count == 1)
    }

    @Test func theDefaultIsTheFileThatTheEnvironmentNamesElseTheMetadataServer() throws {
        let folder = try TemporaryFolder()
        let cloud = try GCPCloud.shared.get()
        let email = "\(UUID().uuidString.lowercased())@p.iam.gserviceaccount.com"
        try cloud.account(email, tokenAddress: cloud.stub.url + "/token")
            .write(to: URL(fileURLWithPath: folder.file("sa.json")))
        let name = "projects/p/locations/l/keyRings/r/cryptoKeys/\(UUID().uuidString.lowercased())"
        try cloud.makeKey(name)
        try cloud.grant(email, name)
        let key = try KeySecretID(parsing: "gcp-kms://" + name)
        let settings = GCPSettings(
            endpoint: cloud.stub.url, metadataServer: "\(cloud.stub.url)/machine/\(email.prefix { $0 != "@" })")
        let file = folder.file("sa.json")
        for environment in [["GOOGLE_APPLICATION_CREDENTIALS": file], [:]] {
            let service = try GCPService(settings) { environment[$0] }
            _ = try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
        }
        let elsewhere = GCPSettings(
            endpoint: cloud.stub.url, metadataServer: "\(cloud.stub.url)/machine/nobody")
        _ = try GCPService(elsewhere) { _ in file }.wrap(plaintext, under: key, topic: "t", within: 5_000)
        #expect {
            try GCPService(elsewhere) { _ in nil }.wrap(plaintext, under: key, topic: "t", within: 5_000)
        } throws: { error in
            "\(error)".contains("404") && "\(error)".contains("a credentials file is needed")
        }
    }

    @Test(arguments: [
        ("", "no JSON"), ("{}", "its type is neither"), (#"{"type":"authorized_user"}"#, "its type is neither"),
        (#"{"type":"service_account"}"#, "client_email"),
        (#"{"type":"service_account","client_email":"a\"b"}"#, "client_email"),
        (
            #"{"type":"service_account","client_email":"a@b","private_key_id":"1","private_key":"x","token_uri":"http://h/"}"#,
            "token_uri is an http address"
        ),
        (
            #"{"type":"service_account","client_email":"a@b","private_key_id":"1","private_key":"x","token_uri":"https://h/t"}"#,
            "private RSA key"
        ),
        (#"{"type":"external_account"}"#, "audience"),
        (
            #"{"type":"external_account","audience":"a","subject_token_type":"t","token_url":"ftp://h"}"#,
            "token_url is no https"
        ),
        (
            #"{"type":"external_account","audience":"a","subject_token_type":"t","token_url":"https://h","credential_source":{"url":"http://x"}}"#,
            "credential_source has no file"
        ),
        (
            #"{"type":"external_account","audience":"a","subject_token_type":"t","token_url":"https://h","credential_source":{"file":"f","format":{"type":"xml"}}}"#,
            "neither text nor json"
        ),
        (
            #"{"type":"external_account","audience":"a","subject_token_type":"t","token_url":"https://h","credential_source":{"file":"f"},"service_account_impersonation":{"token_lifetime_seconds":5}}"#,
            "token_lifetime_seconds"
        ),
        (
            #"{"type":"external_account","audience":"a","subject_token_type":"t","token_url":"https://h","credential_source":{"file":"f"},"service_account_impersonation":{"token_lifetime_seconds":3600.5}}"#,
            "no whole number"
        ),
        (
            #"{"type":"external_account","audience":"a","subject_token_type":"t","token_url":"https://h","credential_source":{"file":"f"},"service_account_impersonation":{"token_lifetime_seconds":"3600"}}"#,
            "no number"
        ),
    ])
    func aCredentialsFileThatCanNotBeUsedIsFoundAtStart(content: String, words: String) throws {
        let folder = try TemporaryFolder()
        try content.write(toFile: folder.file("sa.json"), atomically: true, encoding: .utf8)
        #expect {
            try GCPService(GCPSettings(credentials: .file(path: folder.file("sa.json"))))
        } throws: { error in
            guard case .invalidSettings(let reason)? = error as? KeyManagementError else { return false }
            return reason.contains(content.isEmpty ? "is empty" : words)
        }
    }

    @Test(arguments: ["", "http://kms.example", "https://u:p@h", "https://h/?q", "ftp://h"])
    func anAddressThatIsNoneOrInTheClearIsAnErrorOfTheSettings(address: String) {
        for settings in [
            GCPSettings(credentials: .metadataServer, endpoint: address),
            GCPSettings(credentials: .metadataServer, metadataServer: address),
        ] {
            #expect {
                try GCPService(settings)
            } throws: { error in
                guard case .invalidSettings? = error as? KeyManagementError else { return false }
                return true
            }
        }
    }

    @Test func aSubjectTokenMayStandInAMemberOfJSON() throws {
        let folder = try TemporaryFolder()
        let cloud = try GCPCloud.shared.get()
        let email = "\(UUID().uuidString.lowercased())@p.iam.gserviceaccount.com"
        _ = try cloud.account(email, tokenAddress: "")
        let name = "projects/p/locations/l/keyRings/r/cryptoKeys/\(UUID().uuidString.lowercased())"
        try cloud.makeKey(name)
        try cloud.grant(email, name)
        try #"{"id_token":"\#(cloud.subjectToken(email))"}"#.write(
            toFile: folder.file("subject.json"), atomically: true, encoding: .utf8)
        let file = """
            {"type":"external_account","audience":"\(GCPCloud.audience)",\
            "subject_token_type":"urn:ietf:params:oauth:token-type:jwt","token_url":"\(cloud.stub.url)/v1/token",\
            "credential_source":{"file":"\(folder.file("subject.json"))",\
            "format":{"type":"json","subject_token_field_name":"id_token"}}}
            """
        try file.write(toFile: folder.file("wif.json"), atomically: true, encoding: .utf8)
        let service = try GCPService(
            GCPSettings(credentials: .file(path: folder.file("wif.json")), endpoint: cloud.stub.url))
        _ = try service.wrap(
            plaintext, under: KeySecretID(parsing: "gcp-kms://" + name), topic: "t", within: 5_000)
    }
}
