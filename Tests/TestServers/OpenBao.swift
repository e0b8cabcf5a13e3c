import Foundation
import HTTPTransport
import Records

/// The real OpenBao in development mode, with Transit mounted, started on free ports of 127.0.0.1 and stopped when the
/// object goes or the test's process ends.
public final class OpenBao: @unchecked Sendable {
    // Unchecked: the process is started in `init` and touched again only by `stop`, which its callers order.
    private let process = Process()
    private let input = Pipe()
    private let folder: TemporaryFolder
    private let control = HTTPClient()

    /// Its address without TLS.
    public let url: String
    /// `127.0.0.1:PORT` of that address.
    public let host: String
    /// `127.0.0.1:PORT` of the listener with TLS, where there is one.
    public let secureHost: String?

    /// The token that may do everything.
    public static let rootToken = "root-token-of-the-tests"

    /// An administrative call failed.
    public struct Refused: Error {
        /// The status of the reply.
        public let status: Int
        /// The reply.
        public let body: String
    }

    /// Starts it.
    ///
    /// - Parameters:
    ///   - identity: serves a second listener with this certificate.
    ///   - clientAuthority: that listener asks for a client's certificate signed by the authority in this PEM file.
    public init(identity: TestAuthority.Identity? = nil, clientAuthority: String? = nil) throws {
        folder = try TemporaryFolder()
        host = "127.0.0.1:\(try FreePort.find())"
        url = "http://\(host)"
        var words = [
            Project.folder + "/.deps/venv/bin/bao", "server", "-dev", "-dev-listen-address=\(host)",
            "-dev-root-token-id=\(Self.rootToken)", "-dev-no-store-token",
        ]
        if let identity {
            let secureHost = "127.0.0.1:\(try FreePort.find())"
            let client = clientAuthority.map {
                "tls_client_ca_file = \"\($0)\"\n  tls_require_and_verify_client_cert = true"
            }
            let configuration = """
                listener "tcp" {
                  address = "\(secureHost)"
                  tls_cert_file = "\(identity.certificateFile)"
                  tls_key_file = "\(identity.keyFile)"
                  \(client ?? "")
                }
                """
            try configuration.write(toFile: folder.file("bao.hcl"), atomically: true, encoding: .utf8)
            words.append("-config=" + folder.file("bao.hcl"))
            self.secureHost = secureHost
        } else {
            secureHost = nil
        }
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // Its input ends with this process, however that ends.
        let script =
            "exec 3<&0; \"$@\" </dev/null 3<&- & p=$!; trap 'kill $p' TERM; cat <&3 >/dev/null; kill $p; wait $p"
        process.arguments = ["-c", script, "sh"] + words
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try Poll.until { (try? control.send(HTTPRequest(.get, url + "/v1/sys/health")).status) == 200 }
        try administer(.post, "sys/mounts/transit", #"{"type":"transit"}"#)
    }

    deinit {
        stop()
    }

    /// Ends it and waits until it has ended.
    public func stop() {
        guard process.isRunning else { return }
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
    }

    /// Makes an administrative call with the root token and returns the reply's body.
    @discardableResult
    public func administer(
        _ method: HTTPMethod, _ path: String, _ body: String = "{}", namespace: String? = nil
    ) throws -> Data {
        let token = SecretBytes(copying: Array(Self.rootToken.utf8))
        let reply = try control.send(
            HTTPRequest(
                method, "\(url)/v1/\(path)",
                headers: [HTTPHeader("X-Vault-Token", secret: token)]
                    + (namespace.map { [HTTPHeader("X-Vault-Namespace", $0)] } ?? []),
                body: method == .get ? .none : .plain(Array(body.utf8))))
        guard reply.isSuccess else {
            throw Refused(status: reply.status, body: String(decoding: reply.body, as: UTF8.self))
        }
        return Data(reply.body)
    }

    /// Makes a key in Transit.
    public func makeKey(_ name: String, namespace: String? = nil) throws {
        try administer(.post, "transit/keys/\(name)", namespace: namespace)
    }

    /// Makes a token that may do what the policy's text says; `more` are further members in JSON, such as `,"ttl":"6s"`.
    public func token(policy: String, withDefaultPolicy: Bool = true, more: String = "") throws -> String {
        let name = "p" + UUID().uuidString.lowercased()
        let text = String(decoding: try JSONEncoder().encode(["policy": policy]), as: UTF8.self)
        try administer(.put, "sys/policies/acl/\(name)", text)
        let reply = try administer(
            .post, "auth/token/create", #"{"policies":["\#(name)"],"no_default_policy":\#(!withDefaultPolicy)\#(more)}"#
        )
        return try JSONDecoder().decode(Created.self, from: reply).auth.client_token
    }

    private struct Created: Decodable {
        struct Auth: Decodable {
            let client_token: String
        }
        let auth: Auth
    }
}

extension SecretBytes {
    /// Copies bytes that a test knows anyway.
    public convenience init(copying bytes: [UInt8]) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }
}
