import Foundation
import HTTPTransport

/// `scripts/registry-stub`, started for one test on a free port of 127.0.0.1 and stopped when the object goes.
public final class StubRegistry: @unchecked Sendable {
    // Unchecked: the process is started in `init` and touched again only by `stop`, which its callers order.
    private let process = Process()
    private let input = Pipe()

    /// The port it listens on.
    public let port: Int
    /// Its address, with `https` where it has a certificate.
    public let url: String

    private let control: HTTPClient

    /// It did not start.
    public struct DidNotStart: Error {}

    /// Starts it with further words on its command line.
    ///
    /// - Parameters:
    ///   - identity: a certificate of `authority` to serve TLS with.
    ///   - port: 0 takes a free one.
    public init(
        _ words: [String] = [], identity: TestAuthority.Identity? = nil, control: HTTPClient.Settings? = nil,
        port wanted: Int = 0
    ) throws {
        process.executableURL = URL(fileURLWithPath: Project.python)
        var arguments = [Project.folder + "/scripts/registry-stub", "--until-eof", "--port", "\(wanted)"] + words
        if let identity {
            arguments += ["--tls-certificate", identity.certificateFile, "--tls-key", identity.keyFile]
        }
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = line.split(whereSeparator: \.isWhitespace).last.flatMap({ Int($0) }) else {
            kill(process.processIdentifier, SIGKILL)
            throw DidNotStart()
        }
        self.port = port
        url = "\(identity == nil ? "http" : "https")://127.0.0.1:\(port)"
        self.control = HTTPClient(control ?? HTTPClient.Settings())
    }

    deinit {
        stop()
    }

    /// Ends it and waits until it has ended.
    public func stop() {
        guard process.isRunning else { return }
        // A child of a test's thread is born with SIGTERM blocked, and this one has nothing to tidy up.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What it is to do wrong with the next requests; a JSON list as the script's own text says.
    public func setFaults(_ json: String) throws {
        _ = try control.send(HTTPRequest(.post, url + "/stub/faults", body: .plain(Array(json.utf8))))
    }

    /// The requests that came so far, as method and path.
    public func requests() throws -> [String] {
        try JSONDecoder().decode(
            [String].self, from: Data(control.send(HTTPRequest(.get, url + "/stub/requests")).body))
    }

    /// Registers a schema, with `more` members beside its text in JSON, and returns its id.
    @discardableResult
    public func register(_ subject: String, _ schema: String, more: String = "") throws -> UInt32 {
        let text = String(decoding: try JSONEncoder().encode(schema), as: UTF8.self)
        let body = "{\"schema\":\(text)\(more.isEmpty ? "" : ",")\(more)}"
        let response = try control.send(
            HTTPRequest(.post, url + "/subjects/\(subject)/versions", body: .plain(Array(body.utf8))))
        return try JSONDecoder().decode(Registered.self, from: Data(response.body)).id
    }

    private struct Registered: Decodable {
        let id: UInt32
    }
}
