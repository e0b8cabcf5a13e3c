import Foundation
import HTTPTransport
import Synchronization

/// A proxy in front of a test server that makes trouble on demand: `Tests/Python/fault_proxy.py`, which runs once for the
/// whole test process and serves any number of these.
public final class FaultProxy: Sendable {
    /// What happens to a request instead of being handed on.
    public enum Fault: Sendable {
        /// It is answered with this.
        case reply(status: Int, body: String = "", headers: [[String]] = [])
        /// These bytes are sent as they are, then the connection ends.
        case raw([UInt8])
        /// It is never answered.
        case silence
        /// It is answered by a body that comes in single bytes and never ends.
        case drip
        /// The connection ends without an answer.
        case close
        /// It is handed on.
        case pass
    }

    /// Its address, `http://127.0.0.1:PORT`, or `https://` where it has a certificate.
    public let url: String
    /// `127.0.0.1:PORT` of that address.
    public let host: String

    private let port: Int

    /// Puts a proxy before a server.
    ///
    /// - Parameters:
    ///   - upstream: the server's address, `http://HOST:PORT`, or `https://` where it has an authority.
    ///   - identity: the certificate to serve TLS with.
    ///   - clientAuthority: the PEM file of the authority that must have signed the client's certificate.
    ///   - upstreamAuthority: the PEM file of the authority that signed the server's certificate.
    ///   - upstreamIdentity: the client's certificate that the server is shown.
    public init(
        before upstream: String, identity: TestAuthority.Identity? = nil, clientAuthority: String? = nil,
        upstreamAuthority: String? = nil, upstreamIdentity: TestAuthority.Identity? = nil
    ) throws {
        let settings = Settings(
            upstream: upstream, certificate: identity?.certificateFile, key: identity?.keyFile,
            authority: clientAuthority, upstreamAuthority: upstreamAuthority,
            upstreamCertificate: upstreamIdentity?.certificateFile, upstreamKey: upstreamIdentity?.keyFile)
        let body = try JSONEncoder().encode(settings)
        struct Made: Decodable { let port: Int }
        port = try JSONDecoder().decode(Made.self, from: Runner.shared.get().send(.post, "", body)).port
        host = "127.0.0.1:\(port)"
        url = "\(identity == nil ? "http" : "https")://\(host)"
    }

    deinit {
        _ = try? Runner.shared.get().send(.delete, "/\(port)")
    }

    /// Makes trouble for the requests whose head (the request line and the headers, names in lower case) the regular
    /// expression `match` finds something in, one fault after the other; the last one stays where `times` is nil.
    ///
    /// It takes the place of all trouble before it.
    public func make(_ faults: Fault..., to match: String = "", times: Int? = nil) throws {
        let rules = faults.enumerated().map { index, fault in
            Rule(fault, match: match, times: index == faults.count - 1 ? times : 1)
        }
        try Runner.shared.get().send(.post, "/\(port)/faults", JSONEncoder().encode(rules))
    }

    /// Makes no more trouble.
    public func makeNoTrouble() throws {
        try Runner.shared.get().send(.delete, "/\(port)/faults")
    }

    /// The heads of the requests so far that the regular expression finds something in.
    public func requests(_ match: String = "") throws -> [String] {
        let expression = try Regex(match)
        let heads = try JSONDecoder().decode(
            [String].self, from: Runner.shared.get().send(.get, "/\(port)/requests"))
        return heads.filter { $0.contains(expression) }
    }

    private struct Settings: Encodable {
        let upstream: String
        let certificate: String?
        let key: String?
        let authority: String?
        let upstreamAuthority: String?
        let upstreamCertificate: String?
        let upstreamKey: String?
    }

    private struct Rule: Encodable {
        let match: String
        let times: Int?
        var status: Int?
        var headers: [[String]]?
        var body: String?
        var raw: String?
        var `do`: String?

        init(_ fault: Fault, match: String, times: Int?) {
            self.match = match
            self.times = times
            switch fault {
            case .reply(let status, let body, let headers):
                (self.status, self.body, self.headers) = (status, body, headers)
            case .raw(let bytes): raw = Data(bytes).base64EncodedString()
            case .silence: `do` = "silence"
            case .drip: `do` = "drip"
            case .close: `do` = "close"
            case .pass: `do` = "pass"
            }
        }
    }

    /// The one process.
    private final class Runner: Sendable {
        static let shared = Result { try Runner() }

        private let address: String
        private let client = HTTPClient()
        // Its input ends with this process, however that ends.
        private let input = Pipe()

        struct Failed: Error {
            let status: Int
        }

        init() throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Project.python)
            process.arguments = [Project.folder + "/Tests/Python/fault_proxy.py"]
            let output = Pipe()
            process.standardOutput = output
            process.standardInput = input
            try process.run()
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            guard let port = line.split(whereSeparator: \.isWhitespace).last.flatMap({ Int($0) }) else {
                kill(process.processIdentifier, SIGKILL)
                throw Failed(status: 0)
            }
            address = "http://127.0.0.1:\(port)/proxies"
        }

        @discardableResult
        func send(_ method: HTTPMethod, _ path: String, _ body: Data? = nil) throws -> Data {
            let reply = try client.send(
                HTTPRequest(method, address + path, body: body.map { .plain([UInt8]($0)) } ?? .none))
            guard reply.isSuccess else { throw Failed(status: reply.status) }
            return Data(reply.body)
        }
    }
}
