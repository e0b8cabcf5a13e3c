import KafkaClient
public import Logging
public import ServiceLifecycle
import Synchronization
public import Transform

/// Runs a pair: prepares its topics, then starts, watches and stops its workers.
///
/// As a `Service` it runs until graceful shutdown: then each worker finishes its open transaction, for at most ten
/// seconds in all.
public final class PairRunner: Service {
    /// The pair.
    public let pair: TopicPair
    private let makeTransform: @Sendable (TopicPair) throws -> any RecordTransform
    private let logger: Logger
    private let progressInterval: Duration
    private let onProgress: (@Sendable (PairStatus) -> Void)?
    private let services: PairServices
    private let makeDeadLetterSealer: (@Sendable () throws -> DeadLetterSealer)?
    private let controls: [WorkerControl]
    private let board = DemandBoard()
    private let areWorkersMade = Atomic(false)
    /// How long the last commit may take at a stop, in milliseconds; the rest of the ten seconds is for leaving the group,
    /// and for calls of librdkafka that take longer than they were told.
    private static let stopTimeout: Int64 = 5_000

    /// Makes a runner; nothing is started yet.
    ///
    /// - Parameters:
    ///   - pair: what to run.
    ///   - logger: where its lines go.
    ///   - progressInterval: how often `onProgress` is called while the workers run.
    ///   - onProgress: is told how far the pair is, for a line of log.
    ///   - services: what its workers share with the rest of the process.
    ///   - makeDeadLetterSealer: makes one sealer of dead letters per worker, where the pair has dead letters.
    ///   - makeTransform: makes one transform per worker, on the worker's thread.
    public init(
        pair: TopicPair, logger: Logger, progressInterval: Duration = .seconds(60),
        onProgress: (@Sendable (PairStatus) -> Void)? = nil, services: PairServices = PairServices(),
        makeDeadLetterSealer: (@Sendable () throws -> DeadLetterSealer)? = nil,
        makeTransform: @escaping @Sendable (TopicPair) throws -> any RecordTransform
    ) {
        self.pair = pair
        self.progressInterval = progressInterval
        self.onProgress = onProgress
        self.services = services
        self.makeDeadLetterSealer = makeDeadLetterSealer
        self.makeTransform = makeTransform
        self.logger = logger
        controls = (0..<max(pair.workers, 1)).map(WorkerControl.init(number:))
    }

    /// How far the workers are, as of their last commit or idle moment.
    public var status: PairStatus {
        PairStatus(
            pair: pair.name, workers: controls.map(\.status), demand: pair.demand == nil ? nil : board.status,
            purgedOffsets: board.purgedOffsets)
    }

    /// Asks the workers to finish what is open and stop; `run` returns when they have.
    ///
    /// - Parameter leavingGroup: whether also static members give their places in the group up.
    public func stop(leavingGroup: Bool = false) {
        let deadline = MonotonicClock.now() + Self.stopTimeout
        for control in controls { control.requestStop(deadline: deadline, leavingGroup: leavingGroup) }
    }

    /// Runs until graceful shutdown, cancellation or `stop`.
    ///
    /// - Throws: `PipelineError` where the pair can't run or can't go on; its other workers are stopped then.
    public func run() async throws {
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await runWorkers()
            } onGracefulShutdown: {
                self.stop()
            }
        } onCancel: {
            self.stop()
        }
    }

    private func runWorkers() async throws(PipelineError) {
        let sources = SourceTopics()
        let discovery: TopicSearch?
        do throws(PipelineError) {
            discovery = try await onThread { Result { () throws(PipelineError) in try self.prepare(sources) } }
        } catch {
            // Stopped while its source was still to come: nothing failed.
            if pair.awaitsSource, isStopRequested { return }
            throw error
        }
        if let discovery { follow(discovery) }
        followDemand(sources)
        purgeSources()
        let progress = Task { await self.reportProgress() }
        defer { progress.cancel() }
        let watch = ControlWatch(pair: pair.name, services: services)
        watch.look()
        let watching = Task { await watch.run() }
        defer { watching.cancel() }
        areWorkersMade.store(true, ordering: .releasing)
        let failure = await withTaskGroup(of: Result<Void, PipelineError>.self) { group in
            for control in controls {
                group.addTask { await self.runWorker(control, sources: sources) }
            }
            var first: PipelineError?
            for await result in group {
                guard case .failure(let error) = result else { continue }
                first = first ?? error
                self.logger.error("Worker failed", metadata: ["pair": "\(self.pair.name)", "error": "\(error)"])
                // One that can't go on stops the pair: what it held must not look served.
                self.stop()
            }
            return first
        }
        if let failure { throw failure }
    }

    /// Goes on looking for topics until the pair is stopped. Nobody waits for its end: a look may be held up by brokers
    /// that do not answer, and leaves nothing to be tidied up.
    private func follow(_ search: TopicSearch) {
        Task { await WorkerThread.run { search.discovery.run { self.isStopRequested } } }
    }

    /// Lets the workers be idle until somebody wants their records, and looks for that on a thread of its own. Nobody waits
    /// for its end, as with topics.
    private func followDemand(_ sources: SourceTopics) {
        guard let demand = pair.demand else { return }
        let workers = RunningWorkers(controls: controls, activity: services.activity)
        workers.setIdle(true)
        beside { admin in
            let monitor = DemandMonitor(
                pair: self.pair, settings: demand, sources: sources, workers: workers, admin: admin,
                services: self.services, board: self.board, logger: self.logger)
            monitor.run { self.isStopRequested }
        }
    }

    /// Deletes from the sources what was encrypted long enough ago, where that is wanted.
    private func purgeSources() {
        guard let settings = pair.purgeSource else { return }
        let workers = RunningWorkers(controls: controls, activity: services.activity)
        beside { admin in
            let purger = SourcePurger(
                pair: self.pair, settings: settings, admin: admin, services: self.services, board: self.board,
                logger: self.logger)
            purger.run(workers) { self.isStopRequested }
        }
    }

    /// Runs `body` on a thread of its own with an admin client; without one the pair stops, since it can't do what it is to.
    private func beside(_ body: @escaping @Sendable (Admin) -> Void) {
        Task {
            let isDone = await WorkerThread.run { () -> Bool in
                do throws(PipelineError) {
                    body(try self.makeAdmin(events: .logging(to: self.logger)))
                    return true
                } catch {
                    self.logger.error(
                        "Demand can't be followed", metadata: ["pair": "\(self.pair.name)", "error": "\(error)"])
                    return false
                }
            }
            if isDone != true { stop() }
        }
    }

    private func reportProgress() async {
        guard let onProgress else { return }
        while (try? await Task.sleep(for: progressInterval)) != nil { onProgress(status) }
    }

    private func runWorker(
        _ control: WorkerControl, sources: SourceTopics
    ) async -> Result<Void, PipelineError> {
        let task = WorkerTask(
            pair: pair, number: control.status.number,
            identity: WorkerIdentity(pair: pair, number: control.status.number, unique: Self.uniqueName()),
            sources: sources, services: services, refresh: { self.refresh($0, partitions: $1, in: sources) },
            makeDeadLetterSealer: makeDeadLetterSealer, makeTransform: makeTransform)
        let logger = logger
        let result = await WorkerThread.run { () -> Result<Void, PipelineError> in
            Result { () throws(PipelineError) in
                try Worker(task: task, control: control, logger: logger).run()
            }
        }
        return result ?? .failure(.thread(pair: pair.name, message: "no thread can be started for a worker."))
    }

    private func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () -> Result<Value, PipelineError>
    ) async throws(PipelineError) -> Value {
        guard let result = await WorkerThread.run(body) else {
            throw PipelineError.thread(pair: pair.name, message: "no thread can be started.")
        }
        return try result.get()
    }

    /// Finds and prepares what the pair reads; of a pattern, also what will find more.
    private func prepare(_ sources: SourceTopics) throws(PipelineError) -> TopicSearch? {
        let memory = RefusalMemory()
        do throws(PipelineError) {
            let admin = try makeAdmin(events: memory.remembering(.logging(to: logger)))
            guard let selection = try makeSelection() else {
                sources.put(SourceTopic(pair, try prepare(pair, admin: admin)))
                return nil
            }
            let discovery = TopicDiscovery(
                pair: pair, selection: selection, sources: sources, admin: admin, logger: logger)
            try discovery.look()
            return TopicSearch(discovery: discovery)
        } catch {
            if case .kafka(let pair, .unreachable) = error, let refusal = memory.refusal {
                throw .kafka(pair: pair, refusal)
            }
            throw error
        }
    }

    private func makeSelection() throws(PipelineError) -> TopicSelection? {
        do {
            return try pair.makeSelection()
        } catch {
            throw PipelineError.configuration(pair: pair.name, message: "the source is \(error).")
        }
    }

    private func prepare(_ pair: TopicPair, admin: Admin) throws(PipelineError) -> TopicPreparation.Outcome {
        var preparation = TopicPreparation(pair: pair, admin: admin, logger: logger)
        preparation.isSourceAwaited = { self.pair.awaitsSource && !self.isStopRequested }
        return try preparation.prepare()
    }

    /// Whether its topics were ready once, so that workers were started.
    var hasStarted: Bool { areWorkersMade.load(ordering: .acquiring) }

    /// Whether the workers are to stop.
    var isStopRequested: Bool { controls.contains(where: \.isStopRequested) }

    private func makeAdmin(events: ClientEvents) throws(PipelineError) -> Admin {
        do {
            return try Admin(settings: pair.kafka.common, events: events)
        } catch {
            throw PipelineError.kafka(pair: pair.name, error)
        }
    }

    /// Prepares a topic again where its source has more partitions than its target had; what fails is tried again when
    /// partitions are assigned the next time, and those that the target lacks halt until then.
    private func refresh(_ topic: String, partitions: Int, in sources: SourceTopics) {
        guard let known = sources.topic(named: topic), partitions > known.targetPartitions else { return }
        let resolved = pair.resolved(source: topic, target: known.target)
        do throws(PipelineError) {
            let outcome = try prepare(resolved, admin: try makeAdmin(events: .logging(to: logger)))
            sources.put(SourceTopic(resolved, outcome, isLate: known.isLate))
        } catch {
            logger.warning(
                "A topic's new partitions can't be prepared", metadata: ["pair": "\(pair.name)", "error": "\(error)"])
        }
    }

    /// 128 random bits in hexadecimal.
    private static func uniqueName() -> String {
        let digits = (0..<2).map { _ in String(UInt64.random(in: 0 ... .max), radix: 16) }
        return digits.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    }
}
