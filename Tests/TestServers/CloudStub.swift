import Foundation
import HTTPTransport

/// A stand-in for a cloud's KMS and for what gives its tokens: a script of `Tests/Python`, on free ports of 127.0.0.1,
/// which ends with the object or with the test's process.
public final class CloudStub: @unchecked Sendable {
    // Unchecked: the process is started in `init` and touched again only by `deinit`.
    private let process = Process()
    private let input = Pipe()
    private let control = HTTPClient()

    /// Which cloud.
    public enum Kind: String, Sendable {
        /// `gcp_kms_stub.py`.
        case gcp = "gcp_kms"
        /// `azure_key_vault_stub.py`.
        case azure = "azure_key_vault"
    }

    /// The port without TLS.
    public let port: Int
    /// The port with TLS; 0 without a certificate.
    public let securePort: Int
    /// The address without TLS, `http://127.0.0.1:PORT`.
    public let url: String

    /// It did not start, or refused to be set up.
    public struct Failed: Error {
        /// What it said.
        public let reason: String
    }

    /// Starts one; with a certificate it serves TLS on a second port.
    public init(_ kind: Kind, identity: TestAuthority.Identity? = nil) throws {
        process.executableURL = URL(fileURLWithPath: Project.python)
        process.arguments =
            [Project.folder + "/Tests/Python/\(kind.rawValue)_stub.py"]
            + (identity.map { ["--certificate", $0.certificateFile, "--key", $0.keyFile] } ?? [])
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let ports = line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard ports.count == 2 else {
            kill(process.processIdentifier, SIGKILL)
            throw Failed(reason: line)
        }
        (port, securePort) = (ports[0], ports[1])
        url = "http://127.0.0.1:\(port)"
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Sets it up, as the script's own text says, and returns its answer.
    @discardableResult
    public func set<Fields: Encodable>(_ what: String, _ fields: Fields) throws -> Data {
        let body = try JSONEncoder().encode(fields)
        let reply = try control.send(HTTPRequest(.post, "\(url)/stub/\(what)", body: .plain([UInt8](body))))
        guard reply.isSuccess else { throw Failed(reason: String(decoding: reply.body, as: UTF8.self)) }
        return Data(reply.body)
    }
}
