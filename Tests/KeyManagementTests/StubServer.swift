import Foundation
import Synchronization

/// An HTTP server on 127.0.0.1 that answers each request with given bytes, to say what no real KMS would.
final class StubServer: Sendable {
    /// What it does with a request.
    enum Answer: Sendable {
        /// A whole reply.
        case reply(status: Int, body: String, headers: [String] = [])
        /// These bytes, then the end of the connection.
        case raw([UInt8])
        /// Nothing, until the client goes away.
        case silence
        /// One byte of a reply that never ends every few milliseconds.
        case drip
    }

    private let listener: Int32
    private let seen = Mutex<[String]>([])
    let host: String

    /// The requests that came, whole.
    var requests: [String] { seen.withLock { $0 } }

    init(_ answer: @escaping @Sendable (String) -> Answer) throws {
        signal(SIGPIPE, SIG_IGN)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && getsockname(listener, generic, &length) == 0
                    && listen(listener, 16) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        host = "127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread { [weak self] in
            // Closed here, where no accept can meet a descriptor that another server got meanwhile.
            defer { close(listener) }
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { [weak self] in
                    defer { close(connection) }
                    let request = Self.read(connection)
                    guard !request.isEmpty else { return }
                    self?.seen.withLock { $0.append(request) }
                    Self.give(answer(request), connection)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func read(_ connection: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let line = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            let length = line.flatMap {
                Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces))
            }
            if text[end.upperBound...].utf8.count >= length ?? 0 { return text }
        }
    }

    private static func give(_ answer: Answer, _ connection: Int32) {
        func write(_ bytes: [UInt8]) -> Bool { send(connection, bytes, bytes.count, 0) == bytes.count }
        switch answer {
        case .reply(let status, let body, let headers):
            let head = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers
            _ = write(Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
        case .raw(let bytes): _ = write(bytes)
        case .silence:
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
        case .drip:
            guard write(Array("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n".utf8)) else { return }
            while write([UInt8(ascii: " ")]) { usleep(5_000) }
        }
    }
}
