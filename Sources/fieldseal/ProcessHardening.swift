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
        // A broken pipe is an error of the write, not a signal that ends the process without a word.
        signal(SIGPIPE, SIG_IGN)
    }
}
