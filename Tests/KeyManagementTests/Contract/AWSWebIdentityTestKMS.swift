import Foundation
import Records
import TestServers

@testable import KeyManagement

/// `aws-kms` for the contract suite, with temporary credentials of a role: one MiniStack for all tests, with keys and a
/// role of its own for each.
struct AWSWebIdentityTestKMS: RemoteTestKMS {
    private let aws: AWSStandIn
    private let folder: TemporaryFolder
    private let role: String
    /// Stands before the server, to refuse temporary credentials that still hold.
    private let gate: FaultProxy

    let key: KeySecretID
    let otherKey: KeySecretID
    let absentKey: KeySecretID
    let refusedKey: KeySecretID?
    let service: any KeyManagementService

    var url: String { gate.url }
    var keyCalls: String { "TrentService.(En|De)crypt" }
    var credentialCalls: String? { "content-type: application/x-www-form-urlencoded" }
    var rotate: (@Sendable () throws -> Void)? { nil }
    let enable: (@Sendable (Bool) throws -> Void)?

    init() throws {
        let aws = try AWSStandIn.ministack.get()
        self.aws = aws
        folder = try TemporaryFolder()
        gate = try FaultProxy(before: aws.url)
        let (arn, other) = (try aws.makeKey(), try aws.makeKey())
        let absent = "\(arn.split(separator: "/")[0])/00000000-0000-4000-8000-000000000000"
        key = try KeySecretID(parsing: "aws-kms://" + arn)
        otherKey = try KeySecretID(parsing: "aws-kms://" + other)
        absentKey = try KeySecretID(parsing: "aws-kms://" + absent)
        refusedKey = try KeySecretID(parsing: "aws-kms://" + aws.makeKey())
        enable = { try aws.kms($0 ? "EnableKey" : "DisableKey", ["KeyId": arn]) }
        role = try aws.makeRole(allowing: ["kms:Encrypt", "kms:Decrypt"], on: [arn, other, absent])
        // Its claims in base64url; nobody looks at the signature.
        let claims = Data(#"{"iss":"https://issuer.example","sub":"fieldseal","aud":"sts.amazonaws.com"}"#.utf8)
        let token = "e30." + claims.base64EncodedString().replacing("=", with: "") + ".c2ln"
        try (token + "\n").write(toFile: folder.file("token"), atomically: true, encoding: .utf8)
        service = try Self.service(Route(url: gate.url), role, tokenFile: folder.file("token"))
    }

    func service(via route: Route) throws -> any KeyManagementService {
        try Self.service(route, role, tokenFile: folder.file("token"))
    }

    func serviceWithWrongCredentials() throws -> any KeyManagementService {
        let wrong = SecretBytes(copying: Array(ContractProvider.wrongSecret.utf8))
        return try KeyManagementServices(
            KeyManagementSettings(
                aws: AWSSettings(
                    credentials: .accessKey(
                        id: .text(SecretBytes(copying: Array("AKIDOFNOBODY".utf8))), secret: .text(wrong),
                        sessionToken: nil), endpoint: url)))
    }

    /// From now on what was signed by the access keys seen so far is called expired.
    func expireCredentials() throws {
        let expression = /Credential=([A-Za-z0-9]+)\//
        let keys = Set(try gate.requests("TrentService").compactMap { $0.firstMatch(of: expression)?.output.1 })
        guard !keys.isEmpty else { return }
        let body =
            #"{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}"#
        try gate.make(
            .reply(status: 400, body: body), to: "Credential=(\(keys.joined(separator: "|")))/")
    }

    private static func service(
        _ route: Route, _ role: String, tokenFile: String
    ) throws -> any KeyManagementService {
        try KeyManagementServices(
            KeyManagementSettings(
                aws: AWSSettings(
                    region: AWSStandIn.region, caFile: route.caFile,
                    environment: [
                        "AWS_WEB_IDENTITY_TOKEN_FILE": tokenFile, "AWS_ROLE_ARN": role,
                        "AWS_ENDPOINT_URL": route.url,
                    ])))
    }
}
