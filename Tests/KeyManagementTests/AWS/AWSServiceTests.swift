import Foundation
import Records
import TestServers
import Testing

@testable import KeyManagement

/// `aws-kms` beyond what every provider must do: the encryption context, AWS's errors, aliases and session tokens.
@Suite struct AWSServiceTests {
    private static let arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    private static let alias = "arn:aws:kms:eu-west-1:111122223333:alias/pii"
    private let dataKey = SecretBytes(copying: [UInt8](repeating: 7, count: 32))

    private func text(_ text: String) -> SecretSource { .text(SecretBytes(copying: Array(text.utf8))) }

    private func key(_ arn: String = arn) throws -> KeySecretID { try KeySecretID(parsing: "aws-kms://" + arn) }

    private func service(
        at url: String, _ identity: AWSStandIn.Identity = .init(id: "AKID", secret: "secret-of-the-test")
    ) throws -> AWSService {
        try AWSService(
            AWSSettings(
                credentials: .accessKey(
                    id: text(identity.id), secret: text(identity.secret), sessionToken: identity.token.map(text)),
                endpoint: url))
    }

    private func error(_ body: () throws(KeyManagementError) -> Void) -> KeyManagementError? {
        do throws(KeyManagementError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private func name(_ error: KeyManagementError?) -> String {
        guard let error else { return "none" }
        return (error.isTransient ? "transient " : "permanent ")
            + (Mirror(reflecting: error).children.first?.label ?? "\(error)")
    }

    @Test func theTopicIsTheEncryptionContext() throws {
        let aws = try AWSStandIn.moto.get()
        let arn = try aws.makeKey()
        let user = try aws.makeUser(allowing: ["kms:Encrypt", "kms:Decrypt"])
        let service = try service(at: aws.url, user)
        let edek = try service.wrap(dataKey, under: key(arn), topic: "customers", within: 5_000)
        let opened = try aws.kms(
            "Decrypt",
            [
                "CiphertextBlob": String(decoding: edek, as: UTF8.self), "KeyId": arn,
                "EncryptionContext": ["fieldseal-topic": "customers"],
            ])
        #expect(opened["Plaintext"] as? String == Data(repeating: 7, count: 32).base64EncodedString())
        #expect(throws: AWSStandIn.Refused.self) {
            try aws.kms("Decrypt", ["CiphertextBlob": String(decoding: edek, as: UTF8.self), "KeyId": arn])
        }
        let other = error { () throws(KeyManagementError) in
            _ = try service.unwrap(edek, under: try! key(arn), topic: "orders", within: 5_000)
        }
        #expect(name(other) == "permanent undecryptable")
    }

    @Test(arguments: ["customers", "a\"b", "a\\b", "a\nb", "\u{1}", "ä"])
    func aTopicOfAnyCharactersStaysOneText(topic: String) throws {
        let aws = try AWSStandIn.moto.get()
        let key = try key(aws.makeKey())
        let service = try service(at: aws.url, aws.makeUser(allowing: ["kms:*"]))
        let edek = try service.wrap(dataKey, under: key, topic: topic, within: 5_000)
        let opened = try service.unwrap(edek, under: key, topic: topic, within: 5_000)
        #expect(opened.withUnsafeBytes { [UInt8]($0) } == [UInt8](repeating: 7, count: 32))
    }

    @Test func aSessionTokenIsSignedAndSent() throws {
        let aws = try AWSStandIn.ministack.get()
        let key = try key(aws.makeKey())
        var session = try aws.session(of: aws.makeUser(allowing: ["kms:Encrypt", "kms:Decrypt"]))
        let edek = try service(at: aws.url, session).wrap(dataKey, under: key, topic: "t", within: 5_000)
        _ = try service(at: aws.url, session).unwrap(edek, under: key, topic: "t", within: 5_000)
        for token in ["token-of-the-test", nil] {
            session.token = token
            let refused = try service(at: aws.url, session)
            let error = error { () throws(KeyManagementError) in
                _ = try refused.wrap(dataKey, under: key, topic: "t", within: 5_000)
            }
            #expect(name(error) == "transient unauthenticated", "\(String(describing: error))")
        }
    }

    @Test func credentialsThatHaveEndedAreAFailureThatSaysSo() throws {
        let aws = try AWSStandIn.ministack.get()
        let key = try key(aws.makeKey())
        let session = try aws.session(of: aws.makeUser(allowing: ["kms:Encrypt"]), seconds: 1)
        let service = try service(at: aws.url, session)
        var last: KeyManagementError?
        try Poll.until {
            last = error { () throws(KeyManagementError) in
                _ = try service.wrap(dataKey, under: key, topic: "t", within: 5_000)
            }
            return last != nil
        }
        #expect(name(last) == "transient unauthenticated")
        #expect("\(last!)".contains("Expired") && "\(last!)".contains("renew the temporary credentials"))
    }

    @Test(arguments: ["+20m", "-20m"])
    func aClockThatIsOffIsCalledThat(offset: String) throws {
        let aws = try AWSStandIn(.ministack, clockOffset: offset)
        let service = try service(at: aws.url, aws.makeUser(allowing: ["kms:*"]))
        let error = error { () throws(KeyManagementError) in
            _ = try service.wrap(dataKey, under: try! key(), topic: "t", within: 5_000)
        }
        #expect(name(error) == "transient unauthenticated")
        #expect("\(error!)".contains("set this machine's clock"), "\(error!)")
    }

    @Test func whatIsDoneWithoutPermissionIsNamedWithTheMissingOne() throws {
        for aws in [try AWSStandIn.moto.get(), try AWSStandIn.ministack.get()] {
            let key = try key(aws.makeKey())
            let service = try service(at: aws.url, aws.makeUser(allowing: ["kms:Encrypt"]))
            let edek = try service.wrap(dataKey, under: key, topic: "customers", within: 5_000)
            let error = error { () throws(KeyManagementError) in
                _ = try service.unwrap(edek, under: key, topic: "customers", within: 5_000)
            }
            #expect(name(error) == "permanent refused")
            #expect("\(error!)".contains("allow kms:Decrypt on this key"), "\(error!)")
            #expect("\(error!)".contains("fieldseal-topic=customers"), "\(error!)")
        }
    }

    @Test func aKeyThatIsToBeDeletedIsARefusalThatSaysSo() throws {
        let aws = try AWSStandIn.ministack.get()
        let arn = try aws.makeKey()
        let service = try service(at: aws.url, .init(id: "test", secret: "test"))
        try aws.kms("ScheduleKeyDeletion", ["KeyId": arn, "PendingWindowInDays": 7])
        let error = error { () throws(KeyManagementError) in
            _ = try service.wrap(dataKey, under: try! key(arn), topic: "t", within: 5_000)
        }
        #expect(name(error) == "permanent refused")
        #expect(error?.isRefusal == true)
        #expect("\(error!)".contains("pending deletion"), "\(error!)")
    }

    @Test(
        arguments: [
            ("NotFoundException", 400, "", "permanent unknownKey"),
            ("com.amazonaws.kms#NotFoundException", 400, "", "permanent unknownKey"),
            ("AccessDeniedException", 400, "", "permanent refused"),
            ("DisabledException", 400, "", "permanent refused"),
            ("KMSInvalidStateException", 400, "key is pending deletion.", "permanent refused"),
            ("KMSInvalidStateException", 400, "key is pending import.", "permanent refused"),
            ("KMSInvalidStateException", 400, "key is unavailable.", "transient unavailable"),
            ("InvalidKeyUsageException", 400, "", "permanent unusableKey"),
            ("InvalidCiphertextException", 400, "", "permanent undecryptable"),
            ("IncorrectKeyException", 400, "", "permanent undecryptable"),
            ("ValidationException", 400, "", "permanent undecryptable"),
            ("ThrottlingException", 400, "Rate exceeded", "transient throttled"),
            ("LimitExceededException", 400, "", "transient throttled"),
            ("DependencyTimeoutException", 503, "", "transient timedOut"),
            ("KMSInternalException", 500, "", "transient unavailable"),
            ("KeyUnavailableException", 500, "", "transient unavailable"),
            ("ExpiredTokenException", 400, "", "transient unauthenticated"),
            ("UnrecognizedClientException", 400, "", "transient unauthenticated"),
            ("InvalidClientTokenId", 403, "", "transient unauthenticated"),
            ("InvalidSignatureException", 400, "", "transient unauthenticated"),
            ("IncompleteSignatureException", 400, "", "transient unauthenticated"),
            ("MissingAuthenticationTokenException", 400, "", "transient unauthenticated"),
            ("SomethingNew", 400, "", "transient malformedReply"),
            ("SomethingNew", 500, "", "transient unavailable"),
            ("", 403, "", "transient malformedReply"),
            ("", 302, "", "transient malformedReply"),
        ])
    func anErrorOfKMSIsToldApart(code: String, status: Int, message: String, expected: String) throws {
        let stub = try StubServer { _ in
            .reply(status: status, body: #"{"__type":"\#(code)","message":"\#(message)"}"#)
        }
        let service = try service(at: "http://" + stub.host)
        let error = error { () throws(KeyManagementError) in
            _ = try service.unwrap(Array("AAAA".utf8), under: try! key(), topic: "t", within: 5_000)
        }
        #expect(name(error) == expected, "\(String(describing: error))")
        #expect("\(error!)".contains(Self.arn))
    }

    @Test func aServersWordsAreShownUnlessTheyRepeatASecret() throws {
        let said = SecretBytes(copying: Array("of the server".utf8))
        #expect(said.count > 0)
        let plaintext = Data(repeating: 7, count: 32).base64EncodedString()
        for (words, isShown) in [("words of the server", true), ("a secret-of-the-test", false), (plaintext, false)] {
            let stub = try StubServer { _ in
                .reply(status: 400, body: #"{"__type":"AccessDeniedException","Message":"\#(words)"}"#)
            }
            let service = try service(at: "http://" + stub.host)
            let error = error { () throws(KeyManagementError) in
                _ = try service.wrap(dataKey, under: try! key(), topic: "t", within: 5_000)
            }
            #expect("\(error!)".contains(words) == isShown, "\(error!)")
        }
    }

    @Test func anEDEKOfTheKeyThatAnAliasNamedBeforeIsOpened() throws {
        let stub = try StubServer { request in
            request.contains("\"KeyId\"")
                ? .reply(status: 400, body: #"{"__type":"IncorrectKeyException"}"#)
                : .reply(status: 200, body: #"{"KeyId":"\#(Self.arn)","Plaintext":"AQID"}"#)
        }
        let service = try service(at: "http://" + stub.host)
        let opened = try service.unwrap(Array("AAAA".utf8), under: key(Self.alias), topic: "t", within: 5_000)
        #expect(opened.withUnsafeBytes { [UInt8]($0) } == [1, 2, 3])
        let refused = error { () throws(KeyManagementError) in
            _ = try service.unwrap(Array("AAAA".utf8), under: try! key(), topic: "t", within: 5_000)
        }
        #expect(name(refused) == "permanent undecryptable")
    }

    @Test(
        arguments: [
            "arn:aws:kms:eu-west-1:999999999999:key/1234abcd", "arn:aws:kms:us-east-1:111122223333:key/1234abcd",
            "arn:aws:kms:eu-west-1:111122223333:alias/pii", "1234abcd", "",
        ])
    func anEDEKOfAForeignKeyIsNotOpenedForAnAlias(keyID: String) throws {
        let stub = try StubServer { request in
            request.contains("\"KeyId\"")
                ? .reply(status: 400, body: #"{"__type":"IncorrectKeyException"}"#)
                : .reply(status: 200, body: #"{"KeyId":"\#(keyID)","Plaintext":"AQID"}"#)
        }
        let service = try service(at: "http://" + stub.host)
        let refused = error { () throws(KeyManagementError) in
            _ = try service.unwrap(Array("AAAA".utf8), under: try! key(Self.alias), topic: "t", within: 5_000)
        }
        #expect(name(refused) == "permanent undecryptable")
    }

    @Test func anAliasWrapsByItsKey() throws {
        let aws = try AWSStandIn.moto.get()
        let arn = try aws.makeKey()
        let alias = try key(aws.makeAlias(of: arn))
        let service = try service(at: aws.url, aws.makeUser(allowing: ["kms:*"]))
        let edek = try service.wrap(dataKey, under: alias, topic: "t", within: 5_000)
        for key in [alias, try key(arn)] {
            let opened = try service.unwrap(edek, under: key, topic: "t", within: 5_000)
            #expect(opened.withUnsafeBytes { [UInt8]($0) } == [UInt8](repeating: 7, count: 32))
        }
    }

    @Test(
        arguments: [
            "", "null", #"{"KeyId":"x"}"#, #"{"CiphertextBlob":""}"#, #"{"CiphertextBlob":"A"}"#,
            #"{"CiphertextBlob":"AA\n"}"#, #"{"CiphertextBlob":7}"#,
            #"{"CiphertextBlob":"\#(String(repeating: "A", count: 8196))"}"#,
        ])
    func aReplyToEncryptThatHoldsNoCiphertextIsRefused(body: String) throws {
        let stub = try StubServer { _ in .reply(status: 200, body: body) }
        let service = try service(at: "http://" + stub.host)
        let error = error { () throws(KeyManagementError) in
            _ = try service.wrap(dataKey, under: try! key(), topic: "t", within: 5_000)
        }
        #expect(name(error) == "transient malformedReply", "\(String(describing: error))")
    }

    @Test func aCallNamesItsRegionKeyAndOperation() throws {
        let stub = try StubServer { _ in .reply(status: 200, body: #"{"CiphertextBlob":"AQID"}"#) }
        let service = try service(at: "http://\(stub.host)/kms")
        #expect(
            try service.wrap(dataKey, under: key(), topic: "t", within: 5_000) == Array("AQID".utf8))
        let request = try #require(stub.requests.first)
        #expect(request.hasPrefix("POST /kms/ HTTP/1.1"))
        #expect(request.contains("X-Amz-Target: TrentService.Encrypt"))
        #expect(request.contains("/eu-west-1/kms/aws4_request"))
        #expect(!request.contains("X-Amz-Security-Token"))
        #expect(request.contains(#""KeyId":"\#(Self.arn)""#))
    }

    @Test(
        arguments: [
            AWSSettings(endpoint: "http://kms.example"), AWSSettings(endpoint: "ftp://127.0.0.1"),
            AWSSettings(endpoint: "https://user@127.0.0.1"), AWSSettings(endpoint: "https://127.0.0.1/?x"),
            AWSSettings(endpoint: ""), AWSSettings(region: "eu-west-1.evil"), AWSSettings(region: ""),
            AWSSettings(environment: ["AWS_ENDPOINT_URL_KMS": "http://kms.example"]),
            AWSSettings(environment: ["AWS_ENDPOINT_URL": "http://169.254.1.1"]),
            AWSSettings(environment: ["AWS_ENDPOINT_URL_STS": "nonsense"]),
            AWSSettings(environment: ["AWS_REGION": "eu/west"]),
        ])
    func anAddressOrRegionThatIsNotSafeIsRefusedAtStart(settings: AWSSettings) {
        let refused = error { () throws(KeyManagementError) in _ = try AWSService(settings) }
        #expect(name(refused) == "permanent invalidSettings")
    }

    @Test(arguments: ["encrypt", "decrypt"])
    func theLeastPolicyAsksForTheContextThatIsSent(name: String) throws {
        struct Policy: Decodable {
            struct Statement: Decodable {
                let Action: String
                let Resource: String
                let Condition: [String: [String: [String]]]
            }
            let Statement: [Statement]
        }
        let stub = try StubServer { _ in .reply(status: 400, body: "") }
        let service = try service(at: "http://" + stub.host)
        let file = URL(filePath: Project.folder).appending(path: "deploy/aws/\(name).json")
        let statements = try JSONDecoder().decode(Policy.self, from: Data(contentsOf: file)).Statement
        #expect(statements.count == 1)
        let statement = try #require(statements.first)
        let topic = try #require(
            statement.Condition["StringEquals"]?["kms:EncryptionContext:fieldseal-topic"]?.first)
        let key = try key(statement.Resource)
        if name == "encrypt" {
            _ = try? service.wrap(dataKey, under: key, topic: topic, within: 5_000)
        } else {
            _ = try? service.unwrap(Array("AAAA".utf8), under: key, topic: topic, within: 5_000)
        }
        let request = try #require(stub.requests.first)
        let action = try #require(statement.Action.split(separator: ":").last)
        #expect(request.contains("X-Amz-Target: TrentService.\(action)"))
        #expect(request.contains(#""EncryptionContext":{"fieldseal-topic":"\#(topic)"}"#))
    }

    @Test func anInsecureAddressIsTakenWhereItIsAllowed() throws {
        _ = try AWSService(AWSSettings(endpoint: "http://kms.example", allowsInsecure: true))
        _ = try AWSService(
            AWSSettings(environment: [
                "AWS_ENDPOINT_URL": "http://kms.example", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
            ]))
    }
}
