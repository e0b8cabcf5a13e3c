import Glibc

/// How much the process has computed, and how much memory it has used.
enum CPUClock {
    /// CPU time of the calling thread, in nanoseconds.
    static func thread() -> Int64 { nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

    /// CPU time of the whole process, all its threads, in nanoseconds.
    static func process() -> Int64 { nanoseconds(CLOCK_PROCESS_CPUTIME_ID) }

    /// Wall time, in nanoseconds.
    static func wall() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
