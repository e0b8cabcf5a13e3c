#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Time since the machine started, suspensions included, so that a transaction that timed out meanwhile is seen to have.
enum MonotonicClock {
    /// Milliseconds.
    static func now() -> Int64 {
        var time = timespec()
        #if os(Linux)
            clock_gettime(CLOCK_BOOTTIME, &time)
        #else
            clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Nanoseconds of a clock that stands still while the machine is suspended, for short spans of time.
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// Holds the calling thread.
    static func sleep(milliseconds: Int64) {
        usleep(UInt32(clamping: milliseconds * 1_000))
    }
}
