import Foundation
import Operations
import Synchronization
import TestServers
import Testing

@Suite struct HostileRequestTests {
    /// Sends bytes as they are and returns what came back by the time the connection was closed or a second was over.
    private static func exchange(_ bytes: [UInt8], port: Int) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try RawConnection(port: port).exchange(bytes) })
            }
        }
    }

    @Test(
        "What is no HTTP, or too much of it, is answered with an error or nothing, and the listener goes on",
        arguments: [
            "\0\0\0\0\r\n\r\n", "GET /livez HTTP/9.9\r\n\r\n", "GET  HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
            "POST /v1/pairs/a/pause HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: localhost\r\n\(String(repeating: "X: y\r\n", count: 5_000))\r\n",
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}",
        ])
    func garbage(_ request: String) async throws {
        let listener = try await Listener(OperationsServices(version: "1") { [] })
        let answer = try await Self.exchange(Array(request.utf8), port: listener.port)
        #expect(!answer.contains(" 200 "), "\(answer.prefix(200))")
        #expect(try await listener.send(.get, "/livez").status == 200)
    }

    /// Without `HeldConnection` one round in a few ends the process.
    @Test("A listener that is stopped while connections come in ends, and nothing else does")
    func stoppedWhileConnectionsComeIn() async throws {
        for _ in 0..<10 {
            var listener: Listener? = try await Listener(OperationsServices(version: "1") { [] })
            let port = try #require(listener?.port)
            let knocking = Mutex(true)
            async let knocks: Void = withCheckedContinuation { continuation in
                // A thread of its own: those of Swift's pool are the listener's.
                Thread.detachNewThread {
                    while knocking.withLock({ $0 }) { _ = try? RawConnection(port: port) }
                    continuation.resume()
                }
            }
            _ = try await listener?.text("/livez")
            listener = nil
            knocking.withLock { $0 = false }
            await knocks
        }
        #expect(try await Listener(OperationsServices(version: "1") { [] }).send(.get, "/livez").status == 200)
    }

    @Test(
        "Addresses that nobody has are not found, in a problem document that repeats nothing of them",
        arguments: [
            "/nowhere", "/v1", "/v1/pairs/nobody/leases", "/v1/%2e%2e/%2e%2e/etc/passwd", "/%00",
            "/v1/pairs/%3Cscript%3E/leases",
            "/../../etc/passwd",
        ])
    func unknown(_ path: String) async throws {
        let listener = try await Listener(OperationsServices(version: "1") { [FakePair()] })
        let response = try await listener.send(.get, path)
        #expect([400, 404, 503].contains(response.status))
        #expect(response.header("content-type") == "application/problem+json")
        #expect(response.header("x-content-type-options") == "nosniff")
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(!text.contains("script") && !text.contains("passwd"), "\(text)")
    }

    @Test(
        "An address that takes no such method says so or is not found", arguments: ["/livez", "/metrics", "/v1/pairs"])
    func method(_ path: String) async throws {
        let listener = try await Listener(OperationsServices(version: "1") { [FakePair()] })
        let response = try await listener.send(.delete, path)
        #expect([404, 405].contains(response.status))
        #expect(response.header("content-type") == "application/problem+json")
    }

    @Test("Many connections that say nothing keep nobody else from an answer")
    func silence() async throws {
        let listener = try await Listener(OperationsServices(version: "1") { [] })
        let silent = try (0..<100).map { _ in try RawConnection(port: listener.port) }
        #expect(try await listener.send(.get, "/livez").status == 200)
        withExtendedLifetime(silent) {}
    }
}
