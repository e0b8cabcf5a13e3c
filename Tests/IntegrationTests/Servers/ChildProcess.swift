import Foundation
import Synchronization

/// A process that a test starts.
///
/// It leads a process group of its own, so that what a wrapper script starts is ended too, and it has no signals blocked,
/// as threads of a test run have. Ended by force at the latest when it is deallocated.
final class ChildProcess: Sendable {
    /// Why a process was not there or not as a test needs it.
    enum Failure: Error, CustomStringConvertible {
        case notStarted(String)
        case stillRunning(String)

        var description: String {
            switch self {
            case .notStarted(let reason): reason
            case .stillRunning(let name): "\(name) does not end"
            }
        }
    }

    /// Where its standard streams come from and go to, by path.
    struct Streams: Sendable {
        var input = "/dev/null"
        var output = "/dev/null"
        var errors = "/dev/null"
    }

    private enum State {
        case running(pid_t)
        /// The exit code; 128 and the signal's number where a signal ended it.
        case ended(Int32)
    }

    private let name: String
    private let state: Mutex<State>

    /// Starts `command`, a path and arguments; `environment` is laid over the test's own.
    init(_ command: [String], environment: [String: String] = [:], streams: Streams = Streams()) throws {
        name = command[0]
        state = Mutex(.running(try Self.spawn(command, environment: environment, streams: streams)))
    }

    deinit {
        kill()
    }

    private static func spawn(_ command: [String], environment: [String: String], streams: Streams) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        let write = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, streams.input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, streams.output, write, 0o600)
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, streams.errors, write, 0o600)
        let variables = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let arguments = command.map { strdup($0) } + [nil]
        let settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + settings).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, command[0], &files, &attributes, arguments, settings)
        guard code == 0 else {
            throw Failure.notStarted("\(command[0]) can't be started: \(String(cString: strerror(code)))")
        }
        return process
    }

    /// The exit code, or 128 and the signal's number; nil while it runs.
    var status: Int32? {
        state.withLock { Self.status(&$0, options: WNOHANG) }
    }

    private static func status(_ state: inout State, options: Int32) -> Int32? {
        guard case .running(let process) = state else {
            if case .ended(let code) = state { return code }
            return nil
        }
        var raw: Int32 = 0
        guard waitpid(process, &raw, options) == process else { return nil }
        let code = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : 128 + raw & 0x7F
        state = .ended(code)
        return code
    }

    /// How much CPU time it has taken so far, in milliseconds.
    var cpuMilliseconds: Int {
        get throws {
            guard case .running(let process) = state.withLock({ $0 }) else {
                throw Failure.notStarted("\(name) has ended")
            }
            let text = try String(contentsOf: URL(filePath: "/proc/\(process)/stat"), encoding: .utf8)
            // After the name in parentheses: user and system time are the 12th and 13th fields, in ticks of 10 ms.
            let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
            guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else {
                throw Failure.notStarted("\(name) shows no times")
            }
            return (user + system) * 10
        }
    }

    /// Sends a signal to the process and what it started.
    func send(_ signal: Int32) {
        state.withLock {
            if Self.status(&$0, options: WNOHANG) == nil, case .running(let process) = $0 {
                _ = Glibc.kill(-process, signal)
            }
        }
    }

    /// Waits for its end, at most `seconds`, and returns its exit code.
    func end(within seconds: Double = 60) async throws -> Int32 {
        guard try await eventually(within: seconds, { status != nil }), let status else {
            throw Failure.stillRunning(name)
        }
        return status
    }

    /// Asks it to end, ends it by force if it does not within five seconds, and waits for that.
    func terminate() {
        send(SIGTERM)
        let deadline = ContinuousClock.now.advanced(by: .seconds(5))
        while status == nil, ContinuousClock.now < deadline { usleep(5_000) }
        kill()
    }

    /// Ends it at once, as `kill -9` does, and waits for that.
    func kill() {
        state.withLock {
            guard case .running(let process) = $0 else { return }
            _ = Glibc.kill(-process, SIGKILL)
            _ = Self.status(&$0, options: 0)
        }
    }
}
