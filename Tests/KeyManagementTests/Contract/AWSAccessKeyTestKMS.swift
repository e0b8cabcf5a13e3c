import Foundation
import Records
import TestServers

@testable import KeyManagement

/// `aws-kms` for the contract suite, with an access key in files: one Moto for all tests, with keys and a user of its own
/// for each.
final class AWSAccessKeyTestKMS: RemoteTestKMS, @unchecked Sendable {
    // Unchecked: each test drives its own from one thread.
    private let aws: AWSStandIn
    private let folder: TemporaryFolder
    private var user: AWSStandIn.Identity?

    let key: KeySecretID
    let otherKey: KeySecretID
    let absentKey: KeySecretID
    let refusedKey: KeySecretID? = nil
    let service: any KeyManagementService

    var url: String { aws.url }
    var keyCalls: String { "TrentService.(En|De)crypt" }
    var credentialCalls: String? { nil }
    var rotate: (@Sendable () throws -> Void)? { nil }
    var enable: (@Sendable (Bool) throws -> Void)? { nil }
    /// Of status 400, unlike others' throttles.
    var throttle: FaultProxy.Fault {
        .reply(status: 400, body: #"{"__type":"ThrottlingException","message":"Rate exceeded"}"#)
    }

    init() throws {
        aws = try AWSStandIn.moto.get()
        folder = try TemporaryFolder()
        let arn = try aws.makeKey()
        key = try KeySecretID(parsing: "aws-kms://" + arn)
        otherKey = try KeySecretID(parsing: "aws-kms://" + aws.makeKey())
        absentKey = try KeySecretID(
            parsing: "aws-kms://\(arn.split(separator: "/")[0])/00000000-0000-4000-8000-000000000000")
        service = try Self.service(
            Route(url: aws.url), id: .file(path: folder.file("id")), secret: .file(path: folder.file("secret")))
        try expireCredentials()
    }

    func service(via route: Route) throws -> any KeyManagementService {
        try Self.service(route, id: .file(path: folder.file("id")), secret: .file(path: folder.file("secret")))
    }

    func serviceWithWrongCredentials() throws -> any KeyManagementService {
        let wrong = SecretBytes(copying: Array(ContractProvider.wrongSecret.utf8))
        return try Self.service(Route(url: url), id: .file(path: folder.file("id")), secret: .text(wrong))
    }

    /// Deletes the user's access key, if there is one, and puts another user's into the files.
    func expireCredentials() throws {
        if let user { try aws.deleteKey(user) }
        let next = try aws.makeUser(allowing: ["kms:Encrypt", "kms:Decrypt"])
        try next.id.write(toFile: folder.file("id"), atomically: true, encoding: .utf8)
        try next.secret.write(toFile: folder.file("secret"), atomically: true, encoding: .utf8)
        user = next
    }

    private static func service(
        _ route: Route, id: SecretSource, secret: SecretSource
    ) throws -> any KeyManagementService {
        try KeyManagementServices(
            KeyManagementSettings(
                aws: AWSSettings(
                    credentials: .accessKey(id: id, secret: secret, sessionToken: nil), endpoint: route.url,
                    caFile: route.caFile)))
    }
}
