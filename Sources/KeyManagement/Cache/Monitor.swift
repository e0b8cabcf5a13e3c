#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A lock with a condition to wait for, which `Mutex` has not.
///
/// Unchecked: the state is touched only with the lock held, which `withLock` sees to.
final class Monitor<State>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    init(_ state: sending State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        condition = .allocate(capacity: 1)
        condition.initialize(to: pthread_cond_t())
        guard pthread_mutex_init(mutex, nil) == 0 else { fatalError("pthread_mutex_init failed") }
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        #if os(Linux)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        #endif
        guard pthread_cond_init(condition, &attributes) == 0 else { fatalError("pthread_cond_init failed") }
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` with the lock held.
    func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Wakes all who wait.
    func wakeAll() {
        pthread_cond_broadcast(condition)
    }

    /// Runs `body` with the lock held, again after every wake-up, until it gives a result or `milliseconds` have passed;
    /// nil then. `body` may shorten or lengthen its next wait by what it leaves in `milliseconds`.
    func wait<Result>(
        atMost milliseconds: Int64, until body: (inout State) -> Result?
    ) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var end = Self.now
        end.tv_sec += Int(milliseconds / 1_000)
        end.tv_nsec += Int(milliseconds % 1_000) * 1_000_000
        if end.tv_nsec >= 1_000_000_000 {
            end.tv_nsec -= 1_000_000_000
            end.tv_sec += 1
        }
        while true {
            if let result = body(&state) { return result }
            guard pthread_cond_timedwait(condition, mutex, &end) != ETIMEDOUT else { return body(&state) }
        }
    }

    private static var now: timespec {
        var now = timespec()
        #if os(Linux)
            clock_gettime(CLOCK_MONOTONIC, &now)
        #else
            clock_gettime(CLOCK_REALTIME, &now)
        #endif
        return now
    }
}
