import KafkaClient
import Logging
import Transform

/// One consumer-group member with its own transactional producer, on a thread of its own.
///
/// Made and run on that thread. It goes through sessions: each has a new consumer and a new producer, and what it knows
/// about halted partitions goes from one to the next.
final class Worker {
    private let task: WorkerTask
    private let control: WorkerControl
    private let log: WorkerLog

    init(task: WorkerTask, control: WorkerControl, logger: Logger) {
        self.task = task
        self.control = control
        log = WorkerLog(logger, pair: task.pair, number: task.number)
    }

    /// Works until a stop is requested.
    ///
    /// - Throws: where the worker can't go on.
    func run() throws(PipelineError) {
        let topics = TopicTable()
        for source in task.sources.all { try topics.put(source, make: task.transform) }
        let letters = try task.deadLetterSealer()
        log.started(task.identity)
        defer { finish() }
        var machine = WorkerStateMachine(limits: task.pair.commitLimits)
        var failures = 0
        while !control.isStopRequested {
            let committedBefore = control.status.counters.transactionsCommitted
            let end = runSession(topics: topics, letters: letters, machine: &machine)
            if control.status.counters.transactionsCommitted != committedBefore { failures = 0 }
            switch end {
            case .stopped: return
            case .renew: continue
            case .failed(let error): throw error
            case .restart(let error) where control.isStopRequested: return log.stoppedUncommitted(error)
            case .restart(let error):
                failures += 1
                pause(after: error, failures: failures)
            }
        }
    }

    private func runSession(
        topics: TopicTable, letters: DeadLetterSealer?, machine: inout WorkerStateMachine
    ) -> SessionEnd {
        let session: WorkerSession
        do {
            session = try WorkerSession(
                task: task, control: control, log: log, topics: topics, letters: letters, machine: machine)
        } catch {
            return .failed(.kafka(pair: task.pair.name, error))
        }
        let end = session.run()
        machine = session.machine
        return end
    }

    private func pause(after error: KafkaError, failures: Int) {
        control.publish {
            $0.isRunning = false
            $0.partitions = []
            $0.counters.restarts += 1
        }
        let delay = Backoff().delay(after: failures, random: .random(in: 0 ... .max))
        log.restarting(error, inMilliseconds: delay)
        let end = MonotonicClock.now() + delay
        while MonotonicClock.now() < end, !control.isStopRequested { MonotonicClock.sleep(milliseconds: 50) }
    }

    private func finish() {
        control.publish {
            $0.isRunning = false
            $0.partitions = []
        }
        log.stopped(control.status.counters)
    }
}
