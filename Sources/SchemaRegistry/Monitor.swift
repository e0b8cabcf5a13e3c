#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// State behind a lock, with a condition that threads wait for.
///
/// Unchecked: `state` is read and written only while the mutex is held.
final class Monitor<State>: @unchecked Sendable {
    private var state: State
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        #if canImport(Glibc)
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(condition, &attributes)
            pthread_condattr_destroy(&attributes)
        #else
            pthread_cond_init(condition, nil)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` alone.
    func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Runs `step` alone again and again until it is done; whenever it says wait, others get in until one of them signals
    /// or the time is up.
    ///
    /// No access to the state spans a wait, so that what others change is seen.
    func wait<Result>(_ step: (inout State) -> Step<Result>) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch step(&state) {
            case .done(let result): return result
            case .wait(let milliseconds): sleep(milliseconds: max(1, milliseconds))
            }
        }
    }

    /// What one run of a waiting step came to.
    enum Step<Result> {
        case done(Result)
        case wait(milliseconds: Int64)
    }

    /// Wakes everyone who waits.
    func signal() {
        pthread_cond_broadcast(condition)
    }

    private func sleep(milliseconds: Int64) {
        #if canImport(Glibc)
            var end = timespec()
            clock_gettime(CLOCK_MONOTONIC, &end)
            let nanoseconds = end.tv_nsec + Int(milliseconds % 1_000) * 1_000_000
            end.tv_sec += Int(milliseconds / 1_000) + nanoseconds / 1_000_000_000
            end.tv_nsec = nanoseconds % 1_000_000_000
            pthread_cond_timedwait(condition, mutex, &end)
        #else
            var span = timespec(tv_sec: Int(milliseconds / 1_000), tv_nsec: Int(milliseconds % 1_000) * 1_000_000)
            pthread_cond_timedwait_relative_np(condition, mutex, &span)
        #endif
    }
}
