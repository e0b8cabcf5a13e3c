import KafkaClient
import Records
import Transform

extension WorkerSession {
    /// The way of a record: transform, produce, count.
    func handle(_ record: RecordView) {
        guard machine.recordArrived(partition: record.partition, offset: record.offset) == .transform else { return }
        counters.recordsRead &+= 1
        while end == nil {
            do {
                let result = try transform.transform(record, now: now)
                if let error = transform.passedOn { notePassedOn(record, error) }
                return write(result, of: record)
            } catch {
                guard isWorthRepeating(record, after: error) else { return }
            }
        }
    }

    /// A record that could not be opened goes on as it came: that is counted, and told from time to time.
    private func notePassedOn(_ record: RecordView, _ error: TransformError) {
        counters.recordsPassedOn &+= 1
        guard now >= passedOnToldAt + Self.passedOnInterval else { return }
        passedOnToldAt = now
        log.passedOn(
            partition: record.partition, offset: record.offset, cause: HaltCause(error),
            total: counters.recordsPassedOn)
    }

    private func write(_ result: RecordView, of record: RecordView) {
        var result = result
        result.partition = record.partition
        guard beginIfNeeded() else { return }
        while end == nil {
            switch producer.produce(result) {
            case .queued: return written(result, of: record)
            case .queueFull:
                guard !control.isStopRequested else { return }
                producer.poll(milliseconds: 50)
            case .tooLarge: return halt(record, cause: .recordTooLarge(target: task.pair.target))
            case .failed(let error): return recover(from: error, inTransaction: true)
            }
        }
    }

    private func beginIfNeeded() -> Bool {
        if machine.transaction != nil { return true }
        do {
            try delivery.begin()
            machine.transactionBegan(now: now)
            return true
        } catch {
            recover(from: error)
            return false
        }
    }

    private func written(_ result: RecordView, of record: RecordView) {
        var bytes = (result.key?.count ?? 0) + (result.value?.count ?? 0)
        for header in result.headers { bytes += header.name.count + (header.value?.count ?? 0) }
        machine.recordWritten(partition: record.partition, offset: record.offset, bytes: bytes)
        counters.recordsWritten &+= 1
        counters.bytesWritten &+= UInt64(bytes)
        if result.timestamp == 0 {
            if counters.timestampsReplaced == 0 {
                log.timestampReplaced(partition: record.partition, offset: record.offset)
            }
            counters.timestampsReplaced &+= 1
        }
    }

    /// Waits for what a transient error asked for, or halts the partition.
    private func isWorthRepeating(_ record: RecordView, after error: TransformError) -> Bool {
        counters.recordsFailed &+= 1
        now = MonotonicClock.now()
        let need = error.isTransient ? error.need : nil
        var action = machine.recordFailed(
            partition: record.partition, offset: record.offset, canWait: need != nil, now: now)
        if case .wait(let milliseconds) = action, let need {
            let isThere = transform.obtain(need, within: milliseconds)
            now = MonotonicClock.now()
            if isThere { return true }
            action = machine.recordFailed(
                partition: record.partition, offset: record.offset, canWait: false, now: now)
        }
        needs[record.partition] = need
        halt(record.partition, cause: HaltCause(error), isTransient: error.mayHeal, action: action)
        return false
    }

    private func halt(_ record: RecordView, cause: HaltCause) {
        let action = machine.recordFailed(
            partition: record.partition, offset: record.offset, canWait: false, now: now)
        halt(record.partition, cause: cause, isTransient: false, action: action)
    }

    /// Commits what came before the record and lets its partition stand still at it. If the commit fails, everything of
    /// the transaction is repeated, that record too.
    private func halt(
        _ partition: Int32, cause: HaltCause, isTransient: Bool, action: WorkerStateMachine.FailureAction
    ) {
        if action == .halt(commitFirst: true), !commit() { return }
        machine.halt(
            partition: partition, cause: cause, isTransient: isTransient, now: now, random: .random(in: 0 ... .max))
        guard let halt = machine.halts[partition] else { return }
        log.halted(
            partition: partition, offset: halt.offset, cause: cause,
            retryInMilliseconds: halt.retryAt.map { $0 - now })
        pause([partition])
        seek([partition: halt.offset])
        publish()
    }

    /// Halts a partition that can't be read.
    func haltUnreadable(_ partition: Int32, cause: HaltCause) {
        if machine.transaction != nil, !commit() { return }
        machine.halt(partition: partition, cause: cause, isTransient: false, now: now, random: 0)
        guard let halt = machine.halts[partition] else { return }
        log.halted(partition: partition, offset: halt.offset, cause: cause, retryInMilliseconds: nil)
        pause([partition])
        publish()
    }

    /// Sees whether a halted partition can go on.
    func retry(_ partition: Int32) {
        if let need = needs[partition] {
            let isThere = transform.obtain(need, within: Int(WorkerStateMachine.longestWait))
            now = MonotonicClock.now()
            guard isThere else {
                return machine.retryFailed(partition: partition, now: now, random: .random(in: 0 ... .max))
            }
        }
        needs[partition] = nil
        guard let offset = machine.retrySucceeded(partition: partition) else { return }
        log.resumed(partition: partition, offset: offset)
        seek([partition: offset])
        resume([partition])
        publish()
    }
}

extension HaltCause {
    /// The cause that a transform gives.
    init(_ error: TransformError) {
        self.init(code: error.reason.rawValue, message: error.message, field: error.field)
    }
}
