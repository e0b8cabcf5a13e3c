import Foundation
import FoundationNetworking

/// A Vault server (OpenBao) of a test's own, with a Transit engine and a token that may only use its keys.
final class TestVault: Sendable {
    /// A reply that a test can't go on with.
    struct Failure: Error, CustomStringConvertible {
        var path: String
        var status: Int
        var description: String { "the vault answers \(path) with status \(status)" }
    }

    /// The keys that it has; the token may use all, and make none.
    static let keys = ["pii", "money", "acme", "globex"]
    private static let rootToken = "root"

    private let server: ServerProcess
    private let port: Int
    /// A token that may encrypt and decrypt with the keys, and nothing else.
    let token: String

    private init(server: ServerProcess, port: Int, token: String) {
        self.server = server
        self.port = port
        self.token = token
    }

    /// Starts a server and makes its keys and its token.
    static func start() async throws -> TestVault {
        let folder = try ServerProcess.makeFolder()
        let port = try ServerProcess.freePort()
        let server = try ServerProcess(
            "bao",
            arguments: [
                "server", "-dev", "-dev-no-store-token", "-dev-listen-address=127.0.0.1:\(port)",
                "-dev-root-token-id=\(rootToken)",
            ], folder: folder, environment: ["HOME": folder.path])
        try await server.awaitPort(port)
        guard try await eventually({ (try? await call("sys/health", port: port)) != nil }) else {
            throw Failure(path: "sys/health", status: 0)
        }
        _ = try await call("sys/mounts/transit", body: ["type": "transit"], port: port)
        for key in keys { _ = try await call("transit/keys/\(key)", body: ["type": "aes256-gcm96"], port: port) }
        let token = try await makeToken(policy: "fieldseal", keys: keys, port: port)
        return TestVault(server: server, port: port, token: token)
    }

    /// A token that may use all keys but one.
    func token(without key: String) async throws -> String {
        try await Self.makeToken(policy: "without-\(key)", keys: Self.keys.filter { $0 != key }, port: port)
    }

    private static func makeToken(policy: String, keys: [String], port: Int) async throws -> String {
        let rules = keys.flatMap { key in
            ["encrypt", "decrypt"].map { #"path "transit/\#($0)/\#(key)" { capabilities = ["update"] }"# }
        }
        _ = try await call("sys/policies/acl/\(policy)", body: ["policy": rules.joined(separator: "\n")], port: port)
        let reply = try await call(
            "auth/token/create", body: ["policies": [policy], "no_default_policy": true], port: port)
        guard let auth = reply["auth"] as? [String: Any], let token = auth["client_token"] as? String else {
            throw Failure(path: "auth/token/create", status: 200)
        }
        return token
    }

    /// Its host and port, as in a key's address.
    var authority: String { "127.0.0.1:\(port)" }

    /// The address of its API.
    var uri: String { "http://\(authority)" }

    /// The keySecretId of one of its keys.
    func key(_ name: String) -> String { "vault-kms://\(authority)/transit/keys/\(name)" }

    /// Gives a key a new version.
    func rotate(_ key: String) async throws {
        _ = try await Self.call("transit/keys/\(key)/rotate", body: [:], port: port)
    }

    /// Makes the server silent: it goes on accepting connections and answers nothing.
    func suspend() {
        server.send(SIGSTOP)
    }

    /// Makes it answer again.
    func resume() {
        server.send(SIGCONT)
    }

    /// Ends the server; it forgets its keys.
    func stop() {
        resume()
        server.stop()
    }

    private static func call(_ path: String, body: [String: Any]? = nil, port: Int) async throws -> [String: Any] {
        guard let url = URL(string: "http://127.0.0.1:\(port)/v1/\(path)") else {
            throw Failure(path: path, status: 0)
        }
        var request = URLRequest(url: url)
        request.setValue(rootToken, forHTTPHeaderField: "X-Vault-Token")
        if let body {
            request.httpMethod = "POST"
            request.httpBody = try JSONSerialization.data(withJSONObject: body)
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) else { throw Failure(path: path, status: status) }
        return (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
    }
}
