import CProcess
import Glibc

/// Keeps keys and plaintext out of core dumps and away from other processes of the same user.
enum ProcessHardening {
    /// Call first thing, before any secret is read.
    static func apply() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // A core pattern that pipes to a program ignores the limit; a process that is not dumpable writes none at all.
        _ = fieldseal_disable_dumps()
        // Swift's backtrace on a crash prints what registers point at, which may be a record or a key.
        for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT] { signal(number, SIG_DFL) }
        // A broken pipe is an error of the write, not a signal that ends the process without a word.
        signal(SIGPIPE, SIG_IGN)
    }
}
