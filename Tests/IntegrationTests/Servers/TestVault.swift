import Foundation
import FoundationNetworking
import Synchronization

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

    // The last one runs; the others are kept, since their data is one and goes with the first of them.
    private let servers: Mutex<[ServerProcess]>
    private let port: Int
    private let rootToken: String
    /// Where the keys are on disk: what opens them after a start.
    private let unsealKey: String?
    /// A token that may encrypt and decrypt with the keys, and nothing else.
    let token: String

    private init(server: ServerProcess, port: Int, rootToken: String, unsealKey: String? = nil, token: String) {
        servers = Mutex([server])
        self.port = port
        self.rootToken = rootToken
        self.unsealKey = unsealKey
        self.token = token
    }

    private var server: ServerProcess { servers.withLock { $0[$0.count - 1] } }

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
        let token = try await furnish(port: port, rootToken: rootToken)
        return TestVault(server: server, port: port, rootToken: rootToken, token: token)
    }

    /// Starts a server that keeps its keys on disk, so that it can be halted and started again.
    static func startDurable() async throws -> TestVault {
        let folder = try ServerProcess.makeFolder()
        let port = try ServerProcess.freePort()
        let configuration = """
            storage "raft" {
              path = "\(folder.path)"
              node_id = "one"
            }
            listener "tcp" {
              address = "127.0.0.1:\(port)"
              tls_disable = true
            }
            api_addr = "http://127.0.0.1:\(port)"
            cluster_addr = "http://127.0.0.1:\(try ServerProcess.freePort())"
            """
        try Data(configuration.utf8).write(to: folder.appendingPathComponent("bao.hcl"))
        let server = try await serve(in: folder, port: port)
        let made = try await call("sys/init", body: ["secret_shares": 1, "secret_threshold": 1], port: port)
        guard let rootToken = made["root_token"] as? String, let key = (made["keys_base64"] as? [String])?.first else {
            throw Failure(path: "sys/init", status: 200)
        }
        try await unseal(key, port: port)
        let token = try await furnish(port: port, rootToken: rootToken)
        return TestVault(server: server, port: port, rootToken: rootToken, unsealKey: key, token: token)
    }

    /// Starts a server of `startDurable` and waits until it takes requests, be it sealed or not set up.
    private static func serve(in folder: URL, port: Int) async throws -> ServerProcess {
        let server = try ServerProcess(
            "bao", arguments: ["server", "-config=\(folder.appendingPathComponent("bao.hcl").path)"], folder: folder,
            environment: ["HOME": folder.path])
        guard try await eventually({ (try? await call("sys/seal-status", port: port)) != nil }) else {
            throw Failure(path: "sys/seal-status", status: 0)
        }
        return server
    }

    private static func unseal(_ key: String, port: Int) async throws {
        _ = try await call("sys/unseal", body: ["key": key], port: port)
        guard try await eventually({ (try? await call("sys/health", port: port)) != nil }) else {
            throw Failure(path: "sys/health", status: 0)
        }
    }

    /// Makes the keys and the token.
    private static func furnish(port: Int, rootToken: String) async throws -> String {
        func call(_ path: String, body: [String: Any]) async throws -> [String: Any] {
            try await Self.call(path, body: body, port: port, token: rootToken)
        }
        _ = try await call("sys/mounts/transit", body: ["type": "transit"])
        for key in keys { _ = try await call("transit/keys/\(key)", body: ["type": "aes256-gcm96"]) }
        return try await makeToken(policy: rules(for: keys), port: port, rootToken: rootToken)
    }

    /// The policy that lets a token use these keys.
    private static func rules(for keys: [String]) -> String {
        keys.flatMap { key in
            ["encrypt", "decrypt"].map { #"path "transit/\#($0)/\#(key)" { capabilities = ["update"] }"# }
        }.joined(separator: "\n")
    }

    private static func makeToken(policy: String, port: Int, rootToken: String) async throws -> String {
        let name = "p" + UUID().uuidString.lowercased()
        _ = try await call("sys/policies/acl/\(name)", body: ["policy": policy], port: port, token: rootToken)
        let reply = try await call(
            "auth/token/create", body: ["policies": [name], "no_default_policy": true], port: port, token: rootToken)
        guard let auth = reply["auth"] as? [String: Any], let token = auth["client_token"] as? String else {
            throw Failure(path: "auth/token/create", status: 200)
        }
        return token
    }

    /// Ends a server of `startDurable`, for `restart`.
    func halt() {
        server.halt()
    }

    /// Starts it again after `halt`.
    func restart() async throws {
        guard let unsealKey else { throw Failure(path: "sys/unseal", status: 0) }
        let next = try await Self.serve(in: server.folder, port: port)
        servers.withLock { $0.append(next) }
        try await Self.unseal(unsealKey, port: port)
    }

    /// Its host and port, as in a key's address.
    var authority: String { "127.0.0.1:\(port)" }

    /// The address of its API.
    var uri: String { "http://\(authority)" }

    /// The keySecretId of one of its keys.
    func key(_ name: String) -> String { "vault-kms://\(authority)/transit/keys/\(name)" }

    /// Gives a key a new version.
    func rotate(_ key: String) async throws {
        _ = try await Self.call("transit/keys/\(key)/rotate", body: [:], port: port, token: rootToken)
    }

    /// A token that may do what the policy's text says, and nothing else.
    func token(policy: String) async throws -> String {
        try await Self.makeToken(policy: policy, port: port, rootToken: rootToken)
    }

    /// A token that may use this key alone.
    func token(for key: String) async throws -> String {
        try await token(policy: Self.rules(for: [key]))
    }

    /// A token that may use all keys but one.
    func token(without key: String) async throws -> String {
        try await token(policy: Self.rules(for: Self.keys.filter { $0 != key }))
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

    private static func call(
        _ path: String, body: [String: Any]? = nil, port: Int, token: String = rootToken
    ) async throws -> [String: Any] {
        guard let url = URL(string: "http://127.0.0.1:\(port)/v1/\(path)") else {
            throw Failure(path: path, status: 0)
        }
        var request = URLRequest(url: url)
        request.setValue(token, forHTTPHeaderField: "X-Vault-Token")
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
