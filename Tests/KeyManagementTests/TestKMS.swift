import Foundation
import Records
import TestServers
import Testing

@testable import KeyManagement

/// A provider as the contract suite needs it; each provider that is added brings one.
protocol TestKMS: Sendable {
    /// The service, with credentials that may wrap and unwrap and nothing else.
    var service: any KeyManagementService { get }
    /// A key that exists.
    var key: KeySecretID { get }
    /// Another key that exists.
    var otherKey: KeySecretID { get }
    /// A well-formed address of a key that does not exist.
    var absentKey: KeySecretID { get }
    /// Makes `key` wrap by a new version; nil where the provider has no versions.
    var rotate: (@Sendable () throws -> Void)? { get }
}

/// The providers that the contract suite runs against.
enum ContractProvider: String, CaseIterable, CustomTestStringConvertible {
    case inMemory
    case vault

    var testDescription: String { rawValue }

    func start() throws -> any TestKMS {
        switch self {
        case .inMemory: try InMemoryTestKMS()
        case .vault: try VaultTestKMS()
        }
    }
}

struct InMemoryTestKMS: TestKMS {
    let service: any KeyManagementService
    let key = try! KeySecretID(parsing: "in-memory-kms://pii")
    let otherKey = try! KeySecretID(parsing: "in-memory-kms://scratch")
    let absentKey = try! KeySecretID(parsing: "in-memory-kms://absent")
    let rotate: (@Sendable () throws -> Void)? = nil

    init() throws {
        service = try KeyManagementServices(
            KeyManagementSettings(
                inMemory: InMemorySettings(
                    keys: ["pii": SecretBytes(copying: [UInt8](0..<32))], randomKeys: ["scratch"])))
    }
}

struct VaultTestKMS: TestKMS {
    let bao: OpenBao
    let service: any KeyManagementService
    let key: KeySecretID
    let otherKey: KeySecretID
    let absentKey: KeySecretID
    var rotate: (@Sendable () throws -> Void)? { { [bao] in try bao.administer(.post, "transit/keys/pii/rotate") } }

    /// With a token that could not make a key: encrypting with a missing one would make it.
    static let policy = """
        path "transit/encrypt/*" { capabilities = ["update"] }
        path "transit/decrypt/*" { capabilities = ["update"] }
        """

    init() throws {
        bao = try OpenBao()
        try bao.makeKey("pii")
        try bao.makeKey("other")
        let token = try bao.token(policy: Self.policy)
        service = try KeyManagementServices(
            KeyManagementSettings(
                vault: VaultSettings(
                    uri: bao.url, authentication: .token(.text(SecretBytes(copying: Array(token.utf8)))))))
        let mount = "vault-kms://\(bao.host)/transit/keys/"
        key = try KeySecretID(parsing: mount + "pii")
        otherKey = try KeySecretID(parsing: mount + "other")
        absentKey = try KeySecretID(parsing: mount + "absent")
    }
}
