import Synchronization

/// What a worker's thread shares with others: the wish to stop, and its status.
final class WorkerControl: Sendable {
    private let stopDeadline = Atomic<Int64>(.max)
    private let isToLeave = Atomic(false)
    private let published: Mutex<WorkerStatus>
    /// What its clients say of themselves.
    let statistics = ClientStatisticsBoard()

    init(number: Int) {
        published = Mutex(WorkerStatus(number: number))
    }

    /// Asks the worker to finish what is open, by `deadline` (`MonotonicClock` milliseconds).
    ///
    /// - Parameter leavingGroup: whether also a static member is to give its place up.
    func requestStop(deadline: Int64, leavingGroup: Bool = false) {
        if leavingGroup { isToLeave.store(true, ordering: .relaxed) }
        _ = stopDeadline.min(deadline, ordering: .relaxed)
    }

    /// Whether the worker is to stop.
    var isStopRequested: Bool { deadline != .max }

    /// Whether also a static member is to give its place in the group up when it stops.
    var leavesGroup: Bool { isToLeave.load(ordering: .relaxed) }

    /// By when it must have stopped; the end of time if it need not.
    var deadline: Int64 { stopDeadline.load(ordering: .relaxed) }

    /// The status as of the last publication.
    var status: WorkerStatus {
        var status = published.withLock { $0 }
        status.clients = statistics.all
        return status
    }

    /// Replaces the status.
    func publish(_ change: (inout WorkerStatus) -> Void) {
        published.withLock { change(&$0) }
    }
}
