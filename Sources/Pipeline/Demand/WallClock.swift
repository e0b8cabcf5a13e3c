#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The time of day, which instances share as far as their clocks agree.
public enum WallClock {
    /// Milliseconds since the Unix epoch.
    public static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
