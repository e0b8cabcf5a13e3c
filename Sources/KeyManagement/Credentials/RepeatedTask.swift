/// Something that a thread of its own does again and again, until this object goes.
///
/// The work must not hold the object, or it never goes.
final class RepeatedTask: Sendable {
    /// Does it once; the milliseconds to the next time, or nil where there is none.
    typealias Work = @Sendable () -> Int64?

    private struct State {
        var isStarted = false
        var isStopping = false
    }

    private let monitor = Monitor(State())
    private let work: Work

    init(_ work: @escaping Work) {
        self.work = work
    }

    deinit {
        monitor.withLock { $0.isStopping = true }
        monitor.wakeAll()
    }

    /// Begins where it has not begun yet, in so many milliseconds.
    func start(after milliseconds: Int64) {
        monitor.withLock { state in
            guard !state.isStarted else { return }
            // Where the system gives no thread, the next start tries again.
            state.isStarted = BackgroundThread.start { [monitor, work] in
                var pause: Int64? = milliseconds
                while let next = pause {
                    guard monitor.wait(atMost: next, until: { $0.isStopping ? true : nil }) == nil else { return }
                    pause = work()
                }
            }
        }
    }
}
