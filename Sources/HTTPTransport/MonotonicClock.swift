#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Time since some start, which no one sets back.
package enum MonotonicClock {
    /// Now, in milliseconds.
    package static var milliseconds: Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int(now.tv_sec) * 1_000 + Int(now.tv_nsec) / 1_000_000
    }
}
