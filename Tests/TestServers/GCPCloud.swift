import Foundation

/// What tests do to the stand-in for Google Cloud.
public struct GCPCloud: Sendable {
    /// One for all tests.
    public static let shared = Result { GCPCloud(stub: try CloudStub(.gcp)) }

    /// The provider of workload identity federation that it knows.
    public static let audience =
        "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/own"

    /// The process.
    public let stub: CloudStub

    /// Makes an account, or gives it a new key, and returns its credentials file with the token service at an address.
    public func account(_ email: String, tokenAddress: String) throws -> Data {
        try stub.set("accounts", ["email": email, "tokenAddress": tokenAddress])
    }

    /// Makes a key, or a new version of it.
    public func makeKey(_ name: String) throws {
        try stub.set("keys", ["name": name])
    }

    /// Puts a key out of use, or back.
    public func enable(_ name: String, _ isEnabled: Bool) throws {
        struct Fields: Encodable {
            let name: String
            let enabled: Bool
        }
        try stub.set("keys", Fields(name: name, enabled: isEnabled))
    }

    /// Lets an account use a key.
    public func grant(_ email: String, _ name: String, _ operations: [String] = ["encrypt", "decrypt"]) throws {
        struct Fields: Encodable {
            let email: String
            let name: String
            let operations: [String]
        }
        try stub.set("grants", Fields(email: email, name: name, operations: operations))
    }

    /// Takes back all tokens of an account.
    public func revoke(_ email: String) throws {
        try stub.set("revoke", ["email": email])
    }

    /// A token of another issuer that stands for an account; earlier ones are void.
    public func subjectToken(_ email: String) throws -> String {
        struct Made: Decodable { let token: String }
        let reply = try stub.set("subjects", ["email": email, "audience": Self.audience])
        return try JSONDecoder().decode(Made.self, from: reply).token
    }
}
