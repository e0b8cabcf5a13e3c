import KafkaClient

extension WorkerSession {
    /// Commits what was written since the last commit.
    ///
    /// - Returns: whether that is certain.
    @discardableResult
    func commit() -> Bool {
        let offsets = machine.offsetsToCommit.map { topics.partition(ofSlot: $0.key, offset: $0.value) }
        do {
            try delivery.commit(offsets, consumer: consumer, deadline: deadline)
        } catch {
            recover(from: error)
            return false
        }
        if machine.transaction != nil { counters.transactionsCommitted &+= 1 }
        machine.committed()
        now = MonotonicClock.now()
        publish()
        return true
    }

    /// How long Kafka may take: no longer than the broker keeps a transaction, nor than a stop may last.
    private var deadline: Int64 {
        min(MonotonicClock.now() + settings.transactionTimeout, control.deadline)
    }

    /// Does what the state machine says about a failed call.
    ///
    /// - Parameter inTransaction: whether the call was to add to the open transaction, so that any failure spoils it.
    func recover(from error: KafkaError, inTransaction: Bool = false) {
        now = MonotonicClock.now()
        // What a commit fails with names no record, and not always what was wrong with it.
        if (producer.takeDeliveryFailure() ?? error.failure?.code)?.isOfSize == true {
            machine.search.begin(machine.offsetsToCommit)
        }
        var failure = TransactionFailure(error)
        if inTransaction { failure.requiresAbort = true }
        let action = machine.recovery(
            from: failure, isDynamic: task.identity.groupInstanceID == nil,
            transactionTimeout: settings.transactionTimeout, now: now)
        switch action {
        case .abort: abort(because: error)
        // Whatever may be repeated was repeated in vain until the deadline.
        case .retry, .restart: end = .restart(error)
        case .stopFenced:
            end = .failed(
                .fenced(
                    pair: task.pair.name, name: task.identity.groupInstanceID ?? task.identity.transactionalID, error))
        case .stopRefused: end = .failed(.kafka(pair: task.pair.name, error))
        }
    }

    /// Waits until a record is acknowledged that may be the one which a broker refuses.
    func confirm(_ offset: Int64, at place: TopicTable.Place, as form: RefusedRecordSearch.Form) {
        let failuresBefore = producer.deliveryFailures
        let end = deadline
        while !producer.flush(milliseconds: 200), producer.deliveryFailures == failuresBefore {
            guard MonotonicClock.now() < end, producer.fatalError == nil else {
                return recover(from: .noAnswer("deliver a record"), inTransaction: true)
            }
        }
        guard producer.deliveryFailures != failuresBefore else { return }
        let code = producer.takeDeliveryFailure() ?? .messageTooLarge
        if code.isOfSize { machine.search.found(partition: place.slot, offset: offset, as: form) }
        recover(from: .rejected(code), inTransaction: true)
    }

    /// Gives the open transaction up and goes back to where it began.
    func abort(because error: KafkaError) {
        log.aborted(error)
        counters.transactionsAborted &+= 1
        do {
            try delivery.abort(deadline: deadline)
        } catch {
            // An abort that fails leaves the producer without use, whatever the reason.
            let action = machine.recovery(
                from: TransactionFailure(error), isDynamic: task.identity.groupInstanceID == nil,
                transactionTimeout: settings.transactionTimeout, now: now)
            if action == .stopFenced || action == .stopRefused {
                recover(from: error)
            } else {
                end = .restart(error)
            }
            return
        }
        now = MonotonicClock.now()
        let plan = machine.aborted(
            reason: error.failure?.code.name ?? "", now: now, random: .random(in: 0 ... .max))
        if isInRebalance {
            seeksAfterPoll = plan
        } else {
            goBack(plan)
        }
    }

    /// Reads again what the aborted transaction held, as far as it is still this worker's.
    func goBack(_ plan: WorkerStateMachine.AbortPlan) {
        let assigned = Set(machine.positions.map(\.partition))
        let pauses = plan.pauses.filter(assigned.contains)
        if !pauses.isEmpty { pause(pauses) }
        seek(plan.seeks.filter { assigned.contains($0.key) })
        publish()
    }
}
