import Foundation
import HTTPTransport
import Records
import TestServers
import Testing

@testable import KeyManagement

/// Where credentials come from, each source against a small server of its own.
@Suite struct AWSCredentialChainTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static func document(id: String = "ASIAOFTHETEST", expiration: String = "2099-01-01T00:00:00Z") -> String {
        #"{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"\#(id)","SecretAccessKey":"sec\/ret\u003d","#
            + #""Token":"tok=en","Expiration":"\#(expiration)","LastUpdated":"2026-01-01T00:00:00Z"}"#
    }

    private static func assumed(id: String = "ASIAOFTHEROLE", root: String = "AssumeRole") -> String {
        """
        <\(root)Response><\(root)Result><Credentials><AccessKeyId>\(id)</AccessKeyId>
        <SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>
        <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></\(root)Result></\(root)Response>
        """
    }

    private func write(_ text: String, to name: String) throws -> String {
        let path = folder.file(name)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// The chain in a home folder that is empty, without EC2's metadata service unless `environment` names it.
    private func fetch(
        _ environment: [String: String], profile: String? = nil, within milliseconds: Int = 5_000
    ) throws -> AWSCredentials {
        var variables = ["HOME": folder.path]
        if environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] == nil { variables["AWS_EC2_METADATA_DISABLED"] = "true" }
        let all = AWSEnvironment(variables.merging(environment) { $1 })
        let service = AWSTokenService(endpoints: try AWSEndpoints(AWSSettings(), all), client: HTTPClient())
        let source: any AWSCredentialSource =
            if let profile {
                AWSProfileCredentials(
                    name: profile, isNamed: true, environment: all, service: service, metadataClient: HTTPClient())
            } else {
                AWSCredentialChain(all, service: service, metadataClient: HTTPClient())
            }
        return try source.fetch(within: milliseconds)
    }

    private func reason(_ environment: [String: String], profile: String? = nil) -> String {
        do {
            let found = try fetch(environment, profile: profile)
            return "found \(found.accessKeyID)"
        } catch let error as CredentialFailure {
            return error.reason
        } catch {
            return "\(error)"
        }
    }

    private func text(_ secret: SecretBytes?) -> String? {
        secret.map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
    }

    @Test func theEnvironmentComesFirst() throws {
        _ = try write("[default]\naws_access_key_id = OTHER\naws_secret_access_key = other", to: "credentials")
        let found = try fetch([
            "AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": "x",
            "AWS_SHARED_CREDENTIALS_FILE": folder.file("credentials"),
        ])
        #expect(found.accessKeyID == "AKIDENV" && text(found.sessionToken) == "t" && found.expiration == nil)
    }

    @Test func halfOfAnAccessKeyIsAnErrorAndNothingElseIsTried() {
        #expect(reason(["AWS_ACCESS_KEY_ID": "A"]).contains("AWS_SECRET_ACCESS_KEY is not"))
        #expect(reason(["AWS_SECRET_ACCESS_KEY": "A"]).contains("AWS_ACCESS_KEY_ID is not"))
        #expect(reason(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"]).contains("AWS_ROLE_ARN is not"))
        #expect(reason(["AWS_ACCESS_KEY_ID": "A B", "AWS_SECRET_ACCESS_KEY": "s"]).contains("no access key id"))
        #expect(reason(["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s\n"]).contains("newline"))
    }

    @Test func aWebIdentityBecomesARole() throws {
        let stub = try StubServer { _ in
            .reply(status: 200, body: Self.assumed(root: "AssumeRoleWithWebIdentity"))
        }
        let token = try write("head.claims+/=.signature\n", to: "token")
        let environment = [
            "AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:aws:iam::1:role/team/pii",
            "AWS_ROLE_SESSION_NAME": "pod-1", "AWS_ENDPOINT_URL_STS": "http://" + stub.host,
        ]
        let found = try fetch(environment)
        #expect(found.accessKeyID == "ASIAOFTHEROLE" && text(found.secretAccessKey) == "role-secret")
        #expect(text(found.sessionToken) == "role-token" && found.expiration == 4_070_908_800)
        let request = try #require(stub.requests.first)
        #expect(request.contains("Action=AssumeRoleWithWebIdentity&Version=2011-06-15"))
        #expect(request.contains("&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fteam%2Fpii&RoleSessionName=pod-1"))
        #expect(request.hasSuffix("&WebIdentityToken=head.claims%2B%2F%3D.signature"))
        #expect(!request.contains("Authorization:"))
    }

    @Test func aRefusalOfTheTokenServiceIsToldWithItsRemedyButNotTheToken() throws {
        let stub = try StubServer { _ in
            .reply(
                status: 403,
                body:
                    "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized</Message></Error></ErrorResponse>"
            )
        }
        let token = try write("secret-web-identity-token", to: "token")
        let environment = [
            "AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:aws:iam::1:role/pii",
            "AWS_ENDPOINT_URL_STS": "http://" + stub.host,
        ]
        let reason = reason(environment)
        #expect(reason.contains("AccessDenied, Not authorized; the role's trust policy"))
        #expect(reason.contains("arn:aws:iam::1:role/pii") && !reason.contains("secret-web"))
        #expect(self.reason(environment.merging(["AWS_ROLE_ARN": "pii"]) { $1 }).contains("'pii' is no role"))
        #expect(
            self.reason(environment.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": folder.file("none")]) { $1 })
                .contains("can't read"))
    }

    @Test(
        arguments: [
            "", "<x/>", assumed(id: ""), assumed().replacing("role-secret", with: "a b"),
            assumed().replacing("2099-01-01T00:00:00Z", with: "soon"), assumed() + assumed(),
        ])
    func aReplyOfTheTokenServiceThatMakesNoSenseIsAFailure(body: String) throws {
        let stub = try StubServer { _ in .reply(status: 200, body: body) }
        #expect(throws: CredentialFailure.self) {
            try fetch([
                "AWS_WEB_IDENTITY_TOKEN_FILE": write("t", to: "token"), "AWS_ROLE_ARN": "arn:aws:iam::1:role/pii",
                "AWS_ENDPOINT_URL_STS": "http://" + stub.host,
            ])
        }
    }

    @Test func aProfilesAccessKeyIsFoundInItsFile() throws {
        let home = folder.path + "/.aws"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        _ = try write("[default]\naws_access_key_id = AKIDONE\naws_secret_access_key = one", to: ".aws/credentials")
        _ = try write(
            "[default]\naws_access_key_id = LOSES\naws_secret_access_key = x\n[profile two]\naws_access_key_id=AKIDTWO\n"
                + "aws_secret_access_key=t/w+o=\naws_session_token = tt", to: ".aws/config")
        #expect(try fetch([:]).accessKeyID == "AKIDONE")
        let two = try fetch(["AWS_PROFILE": "two"])
        #expect(two.accessKeyID == "AKIDTWO" && text(two.secretAccessKey) == "t/w+o=" && text(two.sessionToken) == "tt")
        #expect(
            try fetch(["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"], profile: "two").accessKeyID == "AKIDTWO"
        )
        let elsewhere = try write(
            "[default]\naws_access_key_id = AKIDTHREE\naws_secret_access_key = x", to: "elsewhere")
        #expect(try fetch(["AWS_SHARED_CREDENTIALS_FILE": elsewhere]).accessKeyID == "AKIDTHREE")
        #expect(
            reason(["AWS_PROFILE": "four"]).contains("there is no profile 'four' in \(folder.path)/.aws/config and"))
    }

    @Test func aProfilesRoleIsAssumedAsItsSource() throws {
        let stub = try StubServer { _ in .reply(status: 200, body: Self.assumed()) }
        let file = try write(
            """
            [profile base]
            aws_access_key_id = AKIDBASE
            aws_secret_access_key = base
            [profile role]
            role_arn = arn:aws:iam::1:role/pii
            source_profile = base
            external_id = e x
            duration_seconds = 900
            region = eu-west-9
            [profile env]
            role_arn = arn:aws:iam::1:role/pii
            credential_source = Environment
            [profile self]
            role_arn = arn:aws:iam::1:role/pii
            source_profile = self
            aws_access_key_id = AKIDSELF
            aws_secret_access_key = self
            """, to: "config")
        let environment = ["AWS_CONFIG_FILE": file, "AWS_ENDPOINT_URL_STS": "http://" + stub.host]
        #expect(try fetch(environment, profile: "role").accessKeyID == "ASIAOFTHEROLE")
        let request = try #require(stub.requests.first)
        #expect(request.contains("Credential=AKIDBASE/") && request.contains("/eu-west-9/sts/aws4_request"))
        #expect(request.contains("Action=AssumeRole&") && request.contains("&ExternalId=e%20x&DurationSeconds=900"))
        let inner = ["AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "s"]
        _ = try fetch(environment.merging(inner) { $1 }, profile: "env")
        #expect(stub.requests.last?.contains("Credential=AKIDENV/") == true)
        _ = try fetch(environment, profile: "self")
        #expect(stub.requests.last?.contains("Credential=AKIDSELF/") == true)
    }

    @Test(
        arguments: [
            ("role_arn = arn:aws:iam::1:role/x", "without source_profile"),
            ("role_arn = arn:aws:iam::1:role/x\nsource_profile = none", "'none', which is not there"),
            (
                "role_arn = arn:aws:iam::1:role/x\nsource_profile = b\n[profile b]\nregion = x",
                "'b' holds no credentials"
            ),
            (
                "role_arn = arn:aws:iam::1:role/x\nsource_profile = b\n[profile b]\nrole_arn = y\nsource_profile = a",
                "on and on"
            ),
            ("role_arn = x\nmfa_serial = m", "second factor"), ("role_arn = x\ncredential_source = Disk", "'Disk'"),
            ("credential_process = /bin/true", "credential_process"), ("sso_session = x", "sso_session"),
            ("aws_access_key_id = A", "without aws_secret_access_key"), ("region = x", "holds no credentials"),
        ])
    func aProfileThatGivesNothingIsAFailureThatSaysWhy(lines: String, words: String) throws {
        let file = try write("[profile a]\n" + lines, to: "config")
        let reason = reason(["AWS_CONFIG_FILE": file], profile: "a")
        #expect(reason.contains(words), "\(reason)")
    }

    @Test func theContainersEndpointIsAskedWithItsToken() throws {
        let stub = try StubServer { request in
            request.contains("Authorization: pod-token") && request.hasPrefix("GET /creds?id=1 ")
                ? .reply(status: 200, body: Self.document()) : .reply(status: 401, body: "")
        }
        let address = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://\(stub.host)/creds?id=1"]
        let found = try fetch(address.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "pod-token"]) { $1 })
        #expect(found.accessKeyID == "ASIAOFTHETEST" && text(found.secretAccessKey) == "sec/ret=")
        #expect(text(found.sessionToken) == "tok=en" && found.expiration == 4_070_908_800)
        let file = try write("pod-token\n", to: "token")
        let both = ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "old"]
        _ = try fetch(address.merging(both) { $1 })
        #expect(reason(address).contains("status 401"))
    }

    @Test(
        arguments: [
            "http://10.0.0.1/x", "http://169.254.170.3/x", "http://metadata.example/x", "ftp://127.0.0.1/x",
            "http://127.0.0.1.example/x", "http://user@127.0.0.1/x", "x", "http://127.0.0.1/a b",
        ])
    func aContainersEndpointBeyondThisMachineIsNotAsked(url: String) {
        #expect(reason(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]).contains("AWS_CONTAINER_CREDENTIALS_FULL_URI is"))
        #expect(reason(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@\(url)"]).contains("RELATIVE_URI is no path"))
    }

    @Test func theInstancesRoleIsAskedForWithATokenOfVersion2() throws {
        let stub = try StubServer { request in
            let path = request.split(separator: " ")[1]
            if request.hasPrefix("PUT /latest/api/token ") {
                guard request.lowercased().contains("x-aws-ec2-metadata-token-ttl-seconds: ") else {
                    return .reply(status: 400, body: "")
                }
                return .reply(status: 200, body: "imds-token")
            }
            guard request.contains("X-aws-ec2-metadata-token: imds-token") else { return .reply(status: 401, body: "") }
            switch path {
            case "/latest/meta-data/iam/security-credentials/": return .reply(status: 200, body: "my-role\n")
            case "/latest/meta-data/iam/security-credentials/my-role":
                return .reply(status: 200, body: Self.document())
            default: return .reply(status: 404, body: "")
            }
        }
        let found = try fetch(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://\(stub.host)/"])
        #expect(found.accessKeyID == "ASIAOFTHETEST")
        #expect(stub.requests.count == 3)
    }

    @Test func theInstancesRoleIsHadFromMiniStack() throws {
        let aws = try AWSStandIn.ministack.get()
        let found = try fetch(["AWS_EC2_METADATA_SERVICE_ENDPOINT": aws.url])
        #expect(found.accessKeyID.hasPrefix("ASIA") && found.sessionToken != nil)
    }

    @Test(
        arguments: [
            (".", "{}"), ("..", "{}"), ("a/b", "{}"), ("", "{}"), ("r", "{}"), ("r", ""), ("r", "[]"),
            ("r", #"{"Code":"AssumeRoleUnauthorizedAccess"}"#), ("r", document(expiration: "soon")),
            ("r", document(id: "\u{0}")), ("r", document().replacing("sec", with: "\u{e4}")),
        ])
    func nonsenseOfTheMetadataServiceIsAFailure(role: String, document: String) throws {
        let stub = try StubServer { request in
            request.hasPrefix("PUT ")
                ? .reply(status: 200, body: "t")
                : request.contains("security-credentials/ ")
                    ? .reply(status: 200, body: role)
                    : .reply(status: 200, body: document)
        }
        #expect(throws: CredentialFailure.self) {
            try fetch(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://" + stub.host])
        }
    }

    @Test func anInstanceThatGivesNoTokenIsNotAskedByVersion1() throws {
        let stub = try StubServer { request in
            request.hasPrefix("PUT ") ? .reply(status: 403, body: "") : .reply(status: 200, body: Self.document())
        }
        #expect(reason(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://" + stub.host]).contains("no token of version 2"))
        #expect(stub.requests.count == 1)
    }

    @Test func whereNothingIsSetUpThatIsSaid() throws {
        #expect(reason([:]).contains("neither the environment, a web identity, a shared profile nor a container"))
        let port = try FreePort.find()
        let reason = reason(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(port)"])
        #expect(reason.contains("nor a container gives any, and could not connect") && reason.contains("hop limit"))
    }

    @Test func aRejectedCredentialIsReplacedWhereTheSourceGivesAnother() throws {
        let path = folder.file("credentials")
        _ = try write("[default]\naws_access_key_id = AKIDONE\naws_secret_access_key = one", to: "credentials")
        let environment = AWSEnvironment(["AWS_SHARED_CREDENTIALS_FILE": path, "AWS_EC2_METADATA_DISABLED": "true"])
        let service = AWSTokenService(endpoints: try AWSEndpoints(AWSSettings(), environment), client: HTTPClient())
        let cache = AWSCredentialCache(
            AWSCredentialChain(environment, service: service, metadataClient: HTTPClient()))
        let first = try cache.current(within: 1_000)
        #expect(try cache.current(within: 1_000).number == first.number)
        #expect(try cache.replacement(of: first, within: 1_000) == nil)
        let same = try cache.current(within: 1_000)
        _ = try write("[default]\naws_access_key_id = AKIDTWO\naws_secret_access_key = two", to: "credentials")
        #expect(try cache.current(within: 1_000).value.accessKeyID == "AKIDONE")
        #expect(try cache.replacement(of: same, within: 1_000)?.value.accessKeyID == "AKIDTWO")
        #expect(try cache.replacement(of: first, within: 1_000)?.value.accessKeyID == "AKIDTWO")
    }
}
