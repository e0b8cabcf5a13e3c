import Foundation

/// What tests do to the stand-in for Azure.
public struct AzureCloud: Sendable {
    /// One for all tests.
    public static let shared = Result { AzureCloud(stub: try CloudStub(.azure)) }

    /// The host of its vault, as key addresses name it.
    public static let vault = "pii.vault.azure.net"

    /// The process.
    public let stub: CloudStub

    /// An application of Entra.
    public struct Client: Decodable, Sendable {
        /// Its tenant.
        public let tenant: String
        /// Its secret.
        public let secret: String
    }

    /// Makes an application, or gives it a new secret.
    public func client(_ client: String) throws -> Client {
        try JSONDecoder().decode(Client.self, from: stub.set("clients", ["client": client]))
    }

    /// Makes a key, or a new version of it.
    public func makeKey(_ name: String, type: String = "RSA") throws {
        try stub.set("keys", ["name": name, "type": type])
    }

    /// Puts a key out of use, or back.
    public func enable(_ name: String, _ isEnabled: Bool) throws {
        struct Fields: Encodable {
            let name: String
            let enabled: Bool
        }
        try stub.set("keys", Fields(name: name, enabled: isEnabled))
    }

    /// Lets an application use a key.
    public func grant(_ client: String, _ name: String, _ operations: [String] = ["wrapkey", "unwrapkey"]) throws {
        struct Fields: Encodable {
            let client: String
            let name: String
            let operations: [String]
        }
        try stub.set("grants", Fields(client: client, name: name, operations: operations))
    }

    /// Takes back all tokens of an application.
    public func revoke(_ client: String) throws {
        try stub.set("revoke", ["client": client])
    }

    /// A token of another issuer that stands for an application; earlier ones are void.
    public func subjectToken(_ client: String) throws -> String {
        struct Made: Decodable { let token: String }
        return try JSONDecoder().decode(Made.self, from: stub.set("subjects", ["client": client])).token
    }
}
