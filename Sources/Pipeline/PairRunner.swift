import KafkaClient
public import Logging
public import ServiceLifecycle
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
    private let controls: [WorkerControl]
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
    ///   - makeTransform: makes one transform per worker, on the worker's thread.
    public init(
        pair: TopicPair, logger: Logger, progressInterval: Duration = .seconds(60),
        onProgress: (@Sendable (PairStatus) -> Void)? = nil,
        makeTransform: @escaping @Sendable (TopicPair) throws -> any RecordTransform
    ) {
        self.pair = pair
        self.progressInterval = progressInterval
        self.onProgress = onProgress
        self.makeTransform = makeTransform
        self.logger = logger
        controls = (0..<max(pair.workers, 1)).map(WorkerControl.init(number:))
    }

    /// How far the workers are, as of their last commit or idle moment.
    public var status: PairStatus {
        PairStatus(pair: pair.name, workers: controls.map(\.status))
    }

    /// Asks the workers to finish what is open and stop; `run` returns when they have.
    public func stop() {
        let deadline = MonotonicClock.now() + Self.stopTimeout
        for control in controls { control.requestStop(deadline: deadline) }
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
        let prepared: TopicPreparation.Outcome
        do throws(PipelineError) {
            prepared = try await onThread { () -> Result<TopicPreparation.Outcome, PipelineError> in self.prepare() }
        } catch {
            // Stopped while its source was still to come: nothing failed.
            if pair.awaitsSource, isStopRequested { return }
            throw error
        }
        let progress = Task { await self.reportProgress() }
        defer { progress.cancel() }
        let failure = await withTaskGroup(of: Result<Void, PipelineError>.self) { group in
            for control in controls {
                group.addTask { await self.runWorker(control, prepared: prepared) }
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

    private func reportProgress() async {
        guard let onProgress else { return }
        while (try? await Task.sleep(for: progressInterval)) != nil { onProgress(status) }
    }

    private func runWorker(
        _ control: WorkerControl, prepared: TopicPreparation.Outcome
    ) async -> Result<Void, PipelineError> {
        let task = WorkerTask(
            pair: pair, number: control.status.number,
            identity: WorkerIdentity(pair: pair, number: control.status.number, unique: Self.uniqueName()),
            maximumMessageBytes: prepared.maximumMessageBytes,
            targetPartitions: { self.targetPartitions(for: $0, prepared: prepared) }, makeTransform: makeTransform)
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

    private func prepare() -> Result<TopicPreparation.Outcome, PipelineError> {
        let memory = RefusalMemory()
        return Result { () throws(PipelineError) in
            do throws(PipelineError) {
                let admin = try makeAdmin(events: memory.remembering(.logging(to: logger)))
                var preparation = TopicPreparation(pair: pair, admin: admin, logger: logger)
                preparation.isSourceAwaited = { self.pair.awaitsSource && !self.isStopRequested }
                return try preparation.prepare()
            } catch {
                if case .kafka(let pair, .unreachable) = error, let refusal = memory.refusal {
                    throw .kafka(pair: pair, refusal)
                }
                throw error
            }
        }
    }

    private var isStopRequested: Bool { controls.contains(where: \.isStopRequested) }

    private func makeAdmin(events: ClientEvents) throws(PipelineError) -> Admin {
        do {
            return try Admin(settings: pair.kafka.common, events: events)
        } catch {
            throw PipelineError.kafka(pair: pair.name, error)
        }
    }

    /// The target's partitions now, grown where the source has more than was known at the start.
    private func targetPartitions(for sourcePartitions: Int, prepared: TopicPreparation.Outcome) -> Int {
        if sourcePartitions <= prepared.targetPartitions { return prepared.targetPartitions }
        guard case .success(let outcome) = prepare() else { return prepared.targetPartitions }
        return outcome.targetPartitions
    }

    /// 128 random bits in hexadecimal.
    private static func uniqueName() -> String {
        let digits = (0..<2).map { _ in String(UInt64.random(in: 0 ... .max), radix: 16) }
        return digits.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    }
}
