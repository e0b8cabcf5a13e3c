import Foundation
import HTTPTransport
import Logging
import Operations
import Pipeline
import TestServers

/// A listener that runs for one test, and what asks it.
final class Listener: Sendable {
    /// A logger that says nothing.
    static let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let port: Int
    private let task: Task<Void, any Error>
    private let client: HTTPClient
    private let scheme: String

    /// Starts a listener on a free port and waits until it listens.
    init(
        _ services: OperationsServices, settings: AdminSettings = AdminSettings(host: "127.0.0.1", port: 0),
        client: HTTPClient.Settings = HTTPClient.Settings(retry: .never)
    ) async throws {
        let server = try AdminServer(
            settings: settings, services: services, logger: Self.silence)
        task = Task { try await server.run() }
        let deadline = ContinuousClock.now + .seconds(20)
        while server.port == nil, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        guard let port = server.port else { throw NotUp() }
        self.port = port
        self.client = HTTPClient(client)
        scheme = settings.tls == nil ? "http" : "https"
    }

    /// It did not come to listen.
    struct NotUp: Error {}

    deinit {
        task.cancel()
        client.shutDown()
    }

    /// Sends a request, on a thread that may wait: those of Swift's pool are the listener's.
    func send(
        _ method: HTTPMethod = .get, _ path: String, token: String? = nil, headers: [HTTPHeader] = [],
        json: String? = nil
    ) async throws -> HTTPResponse {
        var headers = headers
        if json != nil { headers.append(HTTPHeader("Content-Type", "application/json")) }
        if let token { headers.append(HTTPHeader("Authorization", "Bearer \(token)")) }
        let request = HTTPRequest(
            method, "\(scheme)://127.0.0.1:\(port)\(path)", headers: headers,
            body: json.map { .plain(Array($0.utf8)) } ?? .none, mayRepeat: false)
        let client = client
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try client.send(request) }) }
        }
    }

    /// The text of the answer to a GET.
    func text(_ path: String, token: String? = nil) async throws -> String {
        String(decoding: try await send(.get, path, token: token).body, as: UTF8.self)
    }

    /// The members of a JSON answer.
    static func members(_ response: HTTPResponse) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any] ?? [:]
    }
}
