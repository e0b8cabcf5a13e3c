public import Logging
public import ServiceLifecycle
import Synchronization

/// Runs pairs side by side, and lets pairs come and go while the others go on.
///
/// As a `Service` it runs until graceful shutdown, or until a pair can't go on.
public final class PairSupervisor: Service {
    private struct State {
        var runners: [PairRunner]
        /// Those that are asked to stop, and have not yet.
        var leaving: [PairRunner] = []
        /// Those that came after the start.
        var late: [PairRunner] = []
        var isShuttingDown = false
    }

    private let state: Mutex<State>
    private let arrivals: AsyncStream<PairRunner>
    private let arrival: AsyncStream<PairRunner>.Continuation
    private let logger: Logger
    /// How long a pair that came late and could not begin waits until it tries again.
    private static let pause = Duration.seconds(30)
    /// How often it is seen whether a pair has stopped.
    private static let interval = Duration.milliseconds(20)

    /// Makes a supervisor of these pairs; nothing is started yet.
    public init(_ runners: [PairRunner], logger: Logger) {
        self.logger = logger
        state = Mutex(State(runners: runners))
        (arrivals, arrival) = AsyncStream.makeStream()
        for runner in runners { arrival.yield(runner) }
    }

    /// The pairs that run, in order; not those that are about to stop.
    public var runners: [PairRunner] { state.withLock { $0.runners } }

    /// Runs until graceful shutdown or cancellation.
    ///
    /// - Throws: `PipelineError` where a pair can't run or can't go on; the others are stopped then.
    public func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for await runner in arrivals.cancelOnGracefulShutdown() {
                group.addTask { try await self.run(runner) }
            }
            state.withLock { $0.isShuttingDown = true }
        }
    }

    private func run(_ runner: PairRunner) async throws {
        defer { state.withLock { $0.leaving.removeAll { $0 === runner } } }
        do {
            while try await !runs(runner) {
                guard await isWorthRepeating(runner) else { return }
            }
        } catch {
            // Ends the loop that waits for others, so that the failure is seen.
            arrival.finish()
            throw error
        }
        guard isEndWanted(runner) else {
            arrival.finish()
            throw PipelineError.thread(
                pair: runner.pair.name, message: "it stopped though nobody asked it to; the log says why.")
        }
    }

    /// Runs a pair to its end; says false where one that came late could not begin, which is no reason to end the others.
    private func runs(_ runner: PairRunner) async throws -> Bool {
        do {
            try await runner.run()
            return true
        } catch {
            let isLate = state.withLock { state in state.late.contains { $0 === runner } }
            guard isLate, !runner.hasStarted else { throw error }
            logger.error(
                "A pair that came with the configuration can't start; it is tried again",
                metadata: [
                    "pair": "\(runner.pair.name)", "error": "\(error)", "seconds": "\(Self.pause.components.seconds)",
                ])
            return false
        }
    }

    /// Waits a while, and says whether the pair is still wanted.
    private func isWorthRepeating(_ runner: PairRunner) async -> Bool {
        let end = ContinuousClock.now + Self.pause
        while ContinuousClock.now < end {
            if isEndWanted(runner) { return false }
            try? await Task.sleep(for: Self.interval)
        }
        return !isEndWanted(runner)
    }

    private func isEndWanted(_ runner: PairRunner) -> Bool {
        if Task.isCancelled || Task.isShuttingDownGracefully { return true }
        return state.withLock { state in state.isShuttingDown || state.leaving.contains { $0 === runner } }
    }

    /// Stops the pairs that are not among `runners`, waits until each has finished what is open, and starts those that are
    /// new; the others notice nothing.
    ///
    /// - Parameter leavingGroups: whether a pair that goes gives its place in its group up at once, also where its members are
    ///   static.
    public func replace(with runners: [PairRunner], leavingGroups: (PairRunner) -> Bool) async {
        let (leaving, coming) = state.withLock { state in
            let leaving = state.runners.filter { known in !runners.contains { $0 === known } }
            let coming = runners.filter { runner in !state.runners.contains { $0 === runner } }
            state.leaving += leaving
            state.late.removeAll { known in leaving.contains { $0 === known } }
            state.late += coming
            state.runners = runners
            return (leaving, coming)
        }
        for runner in leaving { runner.stop(leavingGroup: leavingGroups(runner)) }
        while state.withLock({ state in leaving.contains { runner in state.leaving.contains { $0 === runner } } }) {
            guard (try? await Task.sleep(for: Self.interval)) != nil else { return }
        }
        for runner in coming { arrival.yield(runner) }
    }
}
