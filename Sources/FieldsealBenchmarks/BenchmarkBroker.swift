import Glibc
import KafkaClient

/// The Kafka cluster of the worker's benchmarks: a broker of its own, or the one that BOOTSTRAP_SERVERS names.
final class BenchmarkBroker {
    /// It did not come up.
    struct Silent: Error, CustomStringConvertible {
        var description: String { "the broker does not answer; scripts/setup installs it" }
    }

    private static let executable = ".deps/venv/bin/noida-db"

    /// The value for `bootstrap.servers`.
    let bootstrapServers: String
    /// How long an admin call may take, in milliseconds.
    static let timeout = 20_000

    private let process: ChildProcess?
    /// The broker ends when this does, however this process ends.
    private let lifeline: Int32?

    /// Starts a broker on a free port of 127.0.0.1 where the environment names none, and waits until it answers.
    init() throws {
        if let named = getenv("BOOTSTRAP_SERVERS").map({ String(cString: $0) }), !named.isEmpty {
            bootstrapServers = named
            (process, lifeline) = (nil, nil)
        } else {
            let port = try Self.freePort()
            var template = Array("/tmp/fieldseal-bench-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw Silent() }
            let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 else { throw Silent() }
            let script = #"exec 3<&0; "$@" </dev/null 3<&- & p=$!; cat <&3 >/dev/null; kill $p; wait $p; rm -rf "$0""#
            process = try ChildProcess(
                [
                    "/bin/sh", "-c", script, folder, Self.executable, "start", "--only", "kafka", "--kafka-port",
                    String(port), "--data-dir", folder,
                ], input: ends[0])
            close(ends[0])
            lifeline = ends[1]
            bootstrapServers = "127.0.0.1:\(port)"
        }
        try awaitAnswer()
    }

    deinit {
        if let lifeline { close(lifeline) }
        _ = process?.wait()
    }

    /// Asks about topics and changes them.
    func admin() throws(KafkaError) -> Admin {
        try Admin(settings: ["bootstrap.servers": bootstrapServers])
    }

    private func awaitAnswer() throws {
        let deadline = CPUClock.wall() + 20_000_000_000
        let admin = try admin()
        while CPUClock.wall() < deadline {
            do {
                // That there is no such topic is an answer too.
                _ = try admin.describe(topic: "any", timeout: 1_000)
                return
            } catch {
                usleep(20_000)
            }
        }
        throw Silent()
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Silent() }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard code == 0 else { throw Silent() }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
