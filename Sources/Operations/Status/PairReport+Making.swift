import Pipeline

extension PairReport {
    /// Tells of a pair as it is now.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - control: what operators have decided, where that is kept.
    init(_ pair: TopicPair, _ status: PairStatus, control: ControlState?, now: Int64) {
        name = pair.name
        source = pair.source
        target = pair.target
        direction = pair.direction
        groupId = pair.groupID
        pause = control?.pause(ofPair: pair.name).map { Pause(actor: $0.actor, reason: $0.reason, time: $0.time) }
        workers = status.workers.map { Worker(number: $0.number, running: $0.isRunning) }
        partitions = status.workers.flatMap { worker in worker.partitions.map { Partition($0, of: worker) } }
        counts = Counts(status.counters)
        let known = partitions.compactMap(\.lag)
        lag = known.isEmpty ? nil : known.reduce(0) { $0 &+ $1 }
        demand = pair.demand.map { settings in
            let leases = (control?.leases(ofPair: pair.name) ?? []).filter { $0.expiresAt > now }
            return Demand(
                active: status.demand?.isActive ?? false, takesLeases: settings.leases && control != nil,
                groups: status.demand?.groups ?? [], leases: leases.map(LeaseReport.init))
        }
        state = .running
        state = currentState
    }

    private var currentState: State {
        if partitions.contains(where: { $0.halt != nil }) { return .halted }
        if pause != nil { return .paused }
        if !workers.allSatisfy(\.running) { return .starting }
        if let demand, !demand.active { return .idle }
        return .running
    }
}

extension PairReport.Partition {
    init(_ status: WorkerStatus.Partition, of worker: WorkerStatus) {
        topic = status.topic
        partition = status.partition
        self.worker = worker.number
        next = status.next
        lag = worker.statistics(of: status).map { max(0, $0.lag) }
        halt = status.halt.map {
            PairReport.Halt(
                reason: $0.code, message: $0.message, field: $0.field, remedy: HaltRemedy.text(of: $0.code),
                retrying: status.isRetrying)
        }
    }
}

extension PairReport.Counts {
    init(_ counters: WorkerStatus.Counters) {
        read = counters.recordsRead
        written = counters.recordsWritten
        passedOn = counters.recordsPassedOn
        failed = counters.recordsFailed
        skipped = counters.recordsSkipped
        bytes = counters.bytesWritten
        committed = counters.transactionsCommitted
        aborted = counters.transactionsAborted
    }
}
