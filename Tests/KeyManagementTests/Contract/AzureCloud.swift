import Foundation
import TestServers

/// What tests do to the stand-in for Azure.
struct AzureCloud: Sendable {
    /// One for all tests.
    static let shared = Result { AzureCloud(stub: try CloudStub(.azure)) }

    /// The host of its vault, as key addresses name it.
    static let vault = "pii.vault.azure.net"

    let stub: CloudStub

    struct Client: Decodable {
        let tenant: String
        let secret: String
    }

    /// Makes an application, or gives it a new secret.
    func client(_ client: String) throws -> Client {
        try JSONDecoder().decode(Client.self, from: stub.set("clients", ["client": client]))
    }

    /// Makes a key, or a new version of it.
    func makeKey(_ name: String, type: String = "RSA") throws {
        try stub.set("keys", ["name": name, "type": type])
    }

    func enable(_ name: String, _ isEnabled: Bool) throws {
        struct Fields: Encodable {
            let name: String
            let enabled: Bool
        }
        try stub.set("keys", Fields(name: name, enabled: isEnabled))
    }

    /// Lets an application use a key.
    func grant(_ client: String, _ name: String, _ operations: [String] = ["wrapkey", "unwrapkey"]) throws {
        struct Fields: Encodable {
            let client: String
            let name: String
            let operations: [String]
        }
        try stub.set("grants", Fields(client: client, name: name, operations: operations))
    }

    /// Takes back all tokens of an application.
    func revoke(_ client: String) throws {
        try stub.set("revoke", ["client": client])
    }

    /// A token of another issuer that stands for an application; earlier ones are void.
    func subjectToken(_ client: String) throws -> String {
        struct Made: Decodable { let token: String }
        return try JSONDecoder().decode(Made.self, from: stub.set("subjects", ["client": client])).token
    }
}
