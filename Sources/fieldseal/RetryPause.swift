import Glibc

/// The pause before a record is tried again after a passing failure.
enum RetryPause {
    /// Holds the thread for 100 ms, or `milliseconds` where that is less.
    static func wait(atMost milliseconds: Int64) {
        usleep(UInt32(max(1, min(milliseconds, 100))) * 1_000)
    }
}
