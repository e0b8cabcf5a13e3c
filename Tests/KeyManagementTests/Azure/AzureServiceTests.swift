import Foundation
import Records
import TestServers
import Testing

@testable import KeyManagement

/// What is particular to `azure-kms`; the rest is in the contract suite.
@Suite struct AzureServiceTests {
    private static let version = "0123456789abcdef0123456789abcdef"

    private let plaintext = SecretBytes(copying: [UInt8](repeating: 7, count: 32))
    private let key = try! KeySecretID(parsing: "azure-kms://pii.vault.azure.net/keys/pii")
    private let edek = Array("\(version):AQIDBA==".utf8)

    private static let challenge =
        #"WWW-Authenticate: Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net""#

    /// Lends a service before a server that asks for a token, gives one, and answers all else by `answer`.
    private func withService<Result>(
        challenge: String = Self.challenge, answering answer: @escaping @Sendable (String) -> StubServer.Answer,
        _ body: (AzureService, StubServer) throws -> Result
    ) throws -> Result {
        let server = try StubServer { request in
            if request.contains("/oauth2/v2.0/token ") {
                return .reply(status: 200, body: #"{"access_token":"token-of-the-tests","expires_in":3599}"#)
            }
            return request.contains("\r\nAuthorization: Bearer ")
                ? answer(request) : .reply(status: 401, body: "", headers: [challenge])
        }
        let url = "http://\(server.host)"
        let settings = AzureSettings(
            credential: .clientSecret(
                tenant: "tenant", client: "client",
                secret: .text(SecretBytes(copying: Array("secret-of-the-tests+".utf8)))),
            vaults: [AzureSettings.Vault(host: "pii.vault.azure.net", endpoint: url)], authorityHost: url)
        return try withExtendedLifetime(server) { try body(AzureService(settings), server) }
    }

    private func wrapped(_ body: String, under key: KeySecretID? = nil) throws -> String {
        try withService(answering: { _ in .reply(status: 200, body: body) }) { service, _ in
            String(
                decoding: try service.wrap(plaintext, under: key ?? self.key, topic: "t", within: 5_000),
                as: UTF8.self)
        }
    }

    private func unwrapped(_ body: String) throws -> [UInt8] {
        try withService(answering: { _ in .reply(status: 200, body: body) }) { service, _ in
            try service.unwrap(edek, under: key, topic: "t", within: 5_000).withUnsafeBytes { [UInt8]($0) }
        }
    }

    private func reply(
        _ kid: String = "https://pii.vault.azure.net/keys/pii/\(version)", value: String = "BwcHBw"
    ) -> String {
        #"{"kid":"\#(kid)","value":"\#(value)"}"#
    }

    private func isMalformed(_ error: any Error) -> Bool {
        guard case .malformedReply? = error as? KeyManagementError else { return false }
        return (error as? KeyManagementError)?.isTransient == true
    }

    private func isUnauthenticated(_ error: any Error) -> Bool {
        guard case .unauthenticated? = error as? KeyManagementError else { return false }
        return (error as? KeyManagementError)?.isTransient == true
    }

    @Test func whatIsSentIsWhatKeyVaultAndEntraExpect() throws {
        let body = reply(value: "AQIDBA")
        let requests = try withService(answering: { _ in .reply(status: 200, body: body) }) { service, server in
            #expect(try service.wrap(plaintext, under: key, topic: "t", within: 5_000) == edek)
            _ = try service.unwrap(edek, under: key, topic: "t", within: 5_000)
            return server.requests
        }
        #expect(requests.count == 4)
        // The first call carries nothing that is worth anything.
        #expect(requests[0].hasPrefix("POST /keys/pii//wrapkey?api-version=7.4 HTTP/1.1\r\n"))
        #expect(requests[0].hasSuffix("\r\n\r\n"))
        #expect(!requests[0].contains("Authorization"))
        #expect(requests[1].hasPrefix("POST /tenant/oauth2/v2.0/token HTTP/1.1\r\n"))
        #expect(
            requests[1].hasSuffix(
                "\r\n\r\nclient_id=client&client_secret=secret-of-the-tests%2B&grant_type=client_credentials"
                    + "&scope=https%3A%2F%2Fvault.azure.net%2F.default"))
        #expect(requests[2].hasPrefix("POST /keys/pii//wrapkey?api-version=7.4 HTTP/1.1\r\n"))
        #expect(requests[2].contains("\r\nAuthorization: Bearer token-of-the-tests\r\n"))
        #expect(
            requests[2].hasSuffix(
                "\r\n\r\n{\"alg\":\"RSA-OAEP-256\",\"value\":\"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc\"}"))
        #expect(requests[3].hasPrefix("POST /keys/pii/\(Self.version)/unwrapkey?api-version=7.4 HTTP/1.1\r\n"))
        #expect(requests[3].hasSuffix("\r\n\r\n{\"alg\":\"RSA-OAEP-256\",\"value\":\"AQIDBA\"}"))
    }

    @Test(arguments: [
        #"resource="https://management.azure.com""#, #"resource="https://evil-vault.azure.net""#,
        #"resource="https://azure.net""#, #"resource="https://net""#, #"resource="https://pii.vault.azure.net""#,
        #"resource="https://managedhsm.azure.net""#, #"resource="http://vault.azure.net""#,
        #"resource="https://vault.azure.net:8443""#, #"resource="https://vault.azure.net/x""#,
        #"resource="https://vault.azure.net@evil.example""#, #"resource="vault.azure.net""#, #"resource="""#,
        #"resource="https://vault.azure.net", resource="https://evil.example""#,
        #"scope="https://evil.example/.default""#, "x",
    ])
    func aChallengeForAnotherResourceThanTheVaultsDomainGetsNoToken(parameters: String) throws {
        let challenge = #"WWW-Authenticate: Bearer authorization="https://login.microsoftonline.com/t", \#(parameters)"#
        try withService(challenge: challenge, answering: { _ in .reply(status: 200, body: "") }) { service, server in
            #expect {
                try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
            } throws: {
                isUnauthenticated($0)
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [
        "WWW-Authenticate: Basic realm=\"x\"", "WWW-Authenticate: Bearer", "WWW-Authenticate: Bearer ", "X-Other: x",
    ])
    func a401ThatIsNoChallengeGetsNoToken(header: String) throws {
        try withService(challenge: header, answering: { _ in .reply(status: 200, body: "") }) { service, server in
            #expect {
                try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
            } throws: {
                isUnauthenticated($0)
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test func aChallengeMayNameAScopeAndNoOneAsksTheAuthorityThatItNames() throws {
        let challenge =
            #"WWW-Authenticate: bearer authorization_uri="https://evil.example/t", scope="https://vault.azure.net/.default""#
        let body = reply()
        try withService(challenge: challenge, answering: { _ in .reply(status: 200, body: body) }) { service, _ in
            _ = try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
        }
    }

    @Test func aVaultThatAnswersWithoutAskingWhoCallsIsNotBelieved() throws {
        let body = reply()
        let server = try StubServer { _ in .reply(status: 200, body: body) }
        let settings = AzureSettings(
            credential: .managedIdentity(client: nil),
            vaults: [AzureSettings.Vault(host: "pii.vault.azure.net", endpoint: "http://\(server.host)")])
        let service = try AzureService(settings)
        #expect {
            try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
        } throws: {
            isMalformed($0)
        }
        #expect(server.requests.count == 1)
    }

    @Test func aRefusedTokenIsReplacedOnceAndAnotherTenantIsNamed() throws {
        let challenge =
            #"WWW-Authenticate: Bearer authorization="https://login.microsoftonline.com/other", resource="https://vault.azure.net""#
        let answer = StubServer.Answer.reply(status: 401, body: "", headers: [challenge])
        try withService(answering: { _ in answer }) { service, server in
            #expect {
                try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
            } throws: { error in
                isUnauthenticated(error) && "\(error)".contains("'other'") && "\(error)".contains("'tenant'")
            }
            #expect(server.requests.filter { $0.contains("/oauth2/") }.count == 2)
            #expect(server.requests.count == 5)
        }
    }

    @Test(arguments: [
        "https://pii.vault.azure.net/keys/other/\(version)", "https://other.vault.azure.net/keys/pii/\(version)",
        "https://pii.vault.azure.net:8443/keys/pii/\(version)", "http://pii.vault.azure.net/keys/pii/\(version)",
        "https://pii.vault.azure.net/keys/pii", "https://pii.vault.azure.net/keys/pii/",
        "https://pii.vault.azure.net/keys/pii/a:b", "https://pii.vault.azure.net/keys/pii/\(version)/x",
        "https://pii.vault.azure.net/secrets/pii/\(version)", "", "https://", "x",
        "https://pii.vault.azure.net/keys/pii/\(version)\(version)0",
    ])
    func aReplyOfAnotherKeyIsNotUsed(kid: String) {
        #expect { try wrapped(reply(kid)) } throws: { isMalformed($0) }
        #expect { try unwrapped(reply(kid)) } throws: { isMalformed($0) }
    }

    @Test func namesKnowNoCaseAndThePortMayBeWritten() throws {
        #expect(
            try wrapped(reply("https://PII.vault.azure.net:443/keys/PII/\(Self.version)")) == "\(Self.version):BwcHBw=="
        )
    }

    @Test func aReplyOfAnotherVersionThanTheOneAskedForIsNotUsed() throws {
        let other = "https://pii.vault.azure.net/keys/pii/00000000000000000000000000000000"
        #expect { try unwrapped(reply(other)) } throws: { isMalformed($0) }
        let pinned = try KeySecretID(parsing: "azure-kms://pii.vault.azure.net/keys/pii/\(Self.version)")
        #expect { try wrapped(reply(other), under: pinned) } throws: { isMalformed($0) }
        #expect(try wrapped(reply(), under: pinned).hasPrefix(Self.version))
    }

    @Test func aPinnedVersionOpensNothingOfAnother() throws {
        let pinned = try KeySecretID(parsing: "azure-kms://pii.vault.azure.net/keys/pii/00")
        try withService(answering: { _ in .reply(status: 200, body: "") }) { service, server in
            #expect {
                try service.unwrap(edek, under: pinned, topic: "t", within: 5_000)
            } throws: { error in
                guard case .undecryptable? = error as? KeyManagementError else { return false }
                return true
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test(arguments: ["", "Bw+H", "BwcHBw==", "B", "Bw/H", "Bw H", "AQIDBB"])
    func aValueThatIsNoBase64ForURLsIsNotUsed(value: String) {
        #expect { try wrapped(reply(value: value)) } throws: { isMalformed($0) }
        #expect { try unwrapped(reply(value: value)) } throws: { isMalformed($0) }
    }

    @Test func anEDEKOfAVersionThatIsGoneIsNoRefusalOfTheKey() throws {
        let missing = #"{"error":{"code":"KeyNotFound","message":"A key was not found."}}"#
        for (newest, isRefusal) in [(400, false), (404, true)] {
            #expect {
                try withService(answering: { request in
                    .reply(status: request.contains("//unwrapkey") ? newest : 404, body: missing)
                }) { service, _ in try service.unwrap(edek, under: key, topic: "t", within: 5_000) }
            } throws: { error in
                (error as? KeyManagementError)?.isRefusal == isRefusal
                    && (error as? KeyManagementError)?.isTransient == false
            }
        }
    }

    @Test(arguments: [
        (403, "ForbiddenByRbac", "permanent", "Microsoft.KeyVault/vaults/keys/wrap/action"),
        (403, "ForbiddenByPolicy", "permanent", "keys/wrapKey"), (403, "KeyDisabled", "permanent", "enabled"),
        (403, "ForbiddenByFirewall", "permanent", "firewall"),
        (403, "KeyOperationForbidden", "permanent", "list of operations"), (400, "", "permanent", "RSA-HSM"),
        (404, "", "permanent", "check the vault"), (429, "", "transient", "429"), (500, "", "transient", "500"),
        (504, "", "transient", "504"), (302, "", "transient", "302"),
    ])
    func aRefusalSaysWhatToDo(status: Int, code: String, kind: String, words: String) throws {
        let body = #"{"error":{"code":"Forbidden","message":"no","innererror":{"code":"\#(code)"}}}"#
        #expect {
            try withService(answering: { _ in .reply(status: status, body: body) }) { service, _ in
                try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
            }
        } throws: { error in
            (error as? KeyManagementError)?.isTransient == (kind == "transient") && "\(error)".contains(words)
        }
    }

    @Test func wordsThatRepeatTheTokenOrTheKeyAreNotShown() throws {
        for words in ["bad token-of-the-tests", "x BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"] {
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

    @Test(arguments: [
        "azure-kms://other.vault.azure.net/keys/pii", "azure-kms://pii.vault.azure.net:8443/keys/pii",
        "azure-kms://evil.example/keys/pii", "azure-kms://127.0.0.1/keys/pii",
    ])
    func aVaultThatIsNotListedIsNotCalled(text: String) throws {
        let key = try KeySecretID(parsing: text)
        try withService(answering: { _ in .reply(status: 200, body: "") }) { service, server in
            #expect {
                try service.unwrap(edek, under: key, topic: "t", within: 5_000)
            } throws: { error in
                guard case .foreignHost? = error as? KeyManagementError else { return false }
                return "\(error)".contains("pii.vault.azure.net")
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func withoutAListOnlyVaultsInAzuresDomainsAreCalled() throws {
        let vaults = try AzureVaults(AzureSettings())
        for host in [
            "pii.vault.azure.net", "PII.Vault.Azure.Net", "pii.vault.azure.net:443", "a-1.managedhsm.azure.net",
            "x.vault.azure.cn", "x.vault.usgovcloudapi.net",
        ] {
            #expect(vaults.address(of: host)?.isSecure == true, "\(host)")
        }
        for host in [
            "vault.azure.net", ".vault.azure.net", "a.b.vault.azure.net", "pii.vault.azure.net:8443",
            "evilvault.azure.net", "pii.vault.azure.net.evil.example", "127.0.0.1", "localhost", "[::1]", "",
            "pii.vault.azure.com",
        ] {
            #expect(vaults.address(of: host) == nil, "\(host)")
        }
    }

    @Test func aListedVaultOutsideAzuresDomainsAsksForItsParentDomain() throws {
        func isResource(_ resource: String, _ host: String) throws -> Bool {
            AzureVaults.isResource(try #require(ServiceAddress(parsing: resource)), of: host)
        }
        #expect(try isResource("https://vault.example", "pii.vault.example"))
        #expect(try isResource("https://vault.example:8443", "pii.vault.example:8443"))
        #expect(try !isResource("https://vault.example", "pii.vault.example:8443"))
        #expect(try !isResource("https://other.example", "pii.vault.example"))
        #expect(try !isResource("https://lt.example", "pii.vault.example"))
        #expect(try !isResource("https://example", "pii.vault.example"))
    }

    @Test func theEnvironmentOfAPodMakesItWorkloadIdentityElseItIsTheMachines() throws {
        let cloud = try AzureCloud.shared.get()
        let folder = try TemporaryFolder()
        let client = UUID().uuidString.lowercased()
        let tenant = try cloud.client(client).tenant
        try cloud.makeKey("e" + client)
        try cloud.grant(client, "e" + client)
        try cloud.subjectToken(client).write(toFile: folder.file("token"), atomically: true, encoding: .utf8)
        let key = try KeySecretID(parsing: "azure-kms://\(AzureCloud.vault)/keys/e\(client)")
        let pod = [
            "AZURE_FEDERATED_TOKEN_FILE": folder.file("token"), "AZURE_TENANT_ID": tenant, "AZURE_CLIENT_ID": client,
            "AZURE_AUTHORITY_HOST": cloud.stub.url + "/",
        ]
        func wrap(machine: String, _ environment: [String: String]) throws {
            let settings = AzureSettings(
                vaults: [AzureSettings.Vault(host: AzureCloud.vault, endpoint: cloud.stub.url)],
                metadataServer: "\(cloud.stub.url)/machine/\(machine)")
            let service = try AzureService(settings) { environment[$0] }
            _ = try service.wrap(plaintext, under: key, topic: "t", within: 5_000)
        }
        try wrap(machine: "nobody", pod)
        try wrap(machine: client, [:])
        #expect {
            try wrap(machine: "nobody", [:])
        } throws: { error in
            "\(error)".contains("Identity not found") && "\(error)".contains("a tokenCredential is needed")
        }
        for name in ["AZURE_FEDERATED_TOKEN_FILE", "AZURE_TENANT_ID", "AZURE_CLIENT_ID"] {
            var environment = pod
            environment[name] = nil
            try wrap(machine: client, environment)
        }
    }

    @Test func addressesThatAreNoneOrInTheClearAreErrorsOfTheSettings() {
        let settings =
            ["", "http://login.example", "https://u:p@h", "ftp://h"].flatMap { address in
                [
                    AzureSettings(authorityHost: address), AzureSettings(metadataServer: address),
                    AzureSettings(vaults: [AzureSettings.Vault(host: "v.vault.azure.net", endpoint: address)]),
                ]
            } + ["", "a b", "h:0"].map { AzureSettings(vaults: [AzureSettings.Vault(host: $0)]) }
            + ["", "a/b", "x?y"].map {
                AzureSettings(
                    credential: .workloadIdentity(tenant: $0, client: "c", tokenFile: "/nowhere"))
            }
        for settings in settings {
            #expect {
                try AzureService(settings) { _ in nil }
            } throws: { error in
                guard case .invalidSettings? = error as? KeyManagementError else { return false }
                return true
            }
        }
    }
}
