import Foundation

/// A server that a test starts, on a port of 127.0.0.1 that was free, with its data in a folder of its own.
///
/// Stopped by process id, at the latest when it is deallocated.
final class ServerProcess: Sendable {
    /// Why a server did not come up.
    enum Failure: Error, CustomStringConvertible {
        case notThere(String)
        case silent(String)
        case noPort

        var description: String {
            switch self {
            case .notThere(let path): "\(path) is not there: scripts/test makes the virtual environment"
            case .silent(let name): "\(name) does not answer"
            case .noPort: "no free port"
            }
        }
    }

    /// Where its data lies.
    let folder: URL
    private let name: String
    private let process: ChildProcess

    /// Starts `executable` of the virtual environment with `arguments`.
    init(_ executable: String, arguments: [String], folder: URL, environment: [String: String] = [:]) throws {
        self.folder = folder
        name = executable
        let path = Self.tools.appendingPathComponent(executable).path
        guard FileManager.default.isExecutableFile(atPath: path) else { throw Failure.notThere(path) }
        process = try ChildProcess([path] + arguments, environment: environment)
    }

    deinit {
        stop()
    }

    /// The programs of the virtual environment that the tests use.
    static let tools = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../.deps/venv/bin").standardizedFileURL

    /// A new, empty folder.
    static func makeFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fieldseal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// A port of 127.0.0.1 that nobody listens on now.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure.noPort }
        defer { close(descriptor) }
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard code == 0 else { throw Failure.noPort }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Whether something accepts connections on `port`.
    static func answers(on port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = loopback(port: port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Waits until something accepts connections on `port`.
    func awaitPort(_ port: Int) async throws {
        guard try await eventually({ Self.answers(on: port) }) else { throw Failure.silent(name) }
    }

    /// Sends a signal to the process.
    func send(_ signal: Int32) {
        process.send(signal)
    }

    /// Ends the process, by force if it does not go by itself, and keeps its data.
    func halt() {
        process.terminate()
    }

    /// Ends the process and removes its data.
    func stop() {
        halt()
        try? FileManager.default.removeItem(at: folder)
    }
}
