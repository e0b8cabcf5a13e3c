import Glibc

/// A process that a benchmark starts, with no signals blocked and nothing on its standard streams.
///
/// It stays in the process group of the benchmark, so that Ctrl-C ends both.
final class ChildProcess {
    /// It can't be started.
    struct NotStarted: Error, CustomStringConvertible {
        var description: String
    }

    /// How it ended.
    struct End {
        /// The exit code; 128 and the signal's number where a signal ended it.
        var code: Int32
        /// CPU time of all its threads, in nanoseconds.
        var cpuNanoseconds: Int64
    }

    /// Its process id.
    let identifier: pid_t
    private var end: End?

    /// Starts `command`, a path and its arguments.
    ///
    /// - Parameters:
    ///   - input: a descriptor for its standard input; /dev/null where nil.
    ///   - errors: the file that its standard error is written to.
    init(_ command: [String], input: Int32? = nil, errors: String = "/dev/null") throws {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        if let input {
            posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, command[0], &files, &attributes, arguments, environ)
        guard code == 0 else {
            throw NotStarted(description: "\(command[0]) can't be started: \(String(cString: strerror(code)))")
        }
        identifier = process
    }

    deinit {
        if end == nil {
            kill(identifier, SIGKILL)
            _ = wait(options: 0)
        }
    }

    /// How it ended; nil while it runs.
    var ended: End? { wait(options: WNOHANG) }

    /// Asks it to end and waits for that.
    func terminate() -> End? {
        if ended == nil { kill(identifier, SIGTERM) }
        return wait(options: 0)
    }

    /// Waits for its end.
    func wait() -> End? { wait(options: 0) }

    private func wait(options: Int32) -> End? {
        if let end { return end }
        var status: Int32 = 0
        var usage = rusage()
        guard wait4(identifier, &status, options, &usage) == identifier else { return nil }
        func nanoseconds(_ time: timeval) -> Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1_000 }
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
        end = End(code: code, cpuNanoseconds: nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime))
        return end
    }
}
