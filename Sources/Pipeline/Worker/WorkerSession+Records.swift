import KafkaClient
import Records
import Transform

extension WorkerSession {
    /// The way of a record: transform, produce, count.
    func handle(_ record: RecordView) {
        let place = topics.place(of: record)
        guard machine.recordArrived(partition: place?.slot ?? -1, offset: record.offset) == .transform, let place
        else { return }
        counters.recordsRead &+= 1
        if let form = machine.search.refusal(partition: place.slot, offset: record.offset) {
            return refused(record, at: place, as: form)
        }
        let transform = topics.transform(at: place.topic)
        while end == nil {
            do {
                let result = try TransformTimer.transform(
                    record, by: transform, now: now, number: counters.recordsRead, into: &counters.transformTimes)
                if let error = transform.passedOn { notePassedOn(record, at: place, error) }
                return write(result, of: record, at: place)
            } catch {
                if takesDeadLetter(error) {
                    counters.recordsFailed &+= 1
                    return deadLetter(record, at: place, because: HaltCause(error))
                }
                guard isWorthRepeating(record, at: place, after: error, as: HaltCause(error), by: transform.obtain)
                else { return }
            }
        }
    }

    /// A record that could not be opened goes on as it came: that is counted, and told from time to time.
    private func notePassedOn(_ record: RecordView, at place: TopicTable.Place, _ error: TransformError) {
        counters.recordsPassedOn &+= 1
        audit(failureKind, place.slot, offset: record.offset, HaltCause(error))
        guard now >= passedOnToldAt + Self.passedOnInterval else { return }
        passedOnToldAt = now
        log.passedOn(
            topics.partition(ofSlot: place.slot, offset: record.offset), cause: HaltCause(error),
            total: counters.recordsPassedOn)
    }

    private func write(_ result: RecordView, of record: RecordView, at place: TopicTable.Place) {
        var result = result
        result.partition = record.partition
        let bytes = result.contentSize
        guard isWithinLimit(result, at: place) else { return tooLarge(record, at: place) }
        guard beginIfNeeded() else { return }
        do {
            let target = try target(at: place.topic)
            produce(result, of: record, to: target, at: place, bytes: bytes)
        } catch {
            recover(from: error, inTransaction: true)
        }
    }

    private func produce(
        _ result: RecordView, of record: RecordView, to target: ProducerTopic, at place: TopicTable.Place, bytes: Int
    ) {
        while end == nil {
            switch producer.produce(result, to: target) {
            case .queued: return written(result, of: record, at: place, bytes: bytes)
            case .queueFull:
                guard !control.isStopRequested else { return }
                producer.poll(milliseconds: 50)
            case .tooLarge: return tooLarge(record, at: place)
            case .failed(let error): return recover(from: error, inTransaction: true)
            }
        }
    }

    /// Whether the target takes a record, as far as the producer does not see to that: with several targets it can't.
    private func isWithinLimit(_ record: RecordView, at place: TopicTable.Place) -> Bool {
        guard settings.smallestTarget > 0 else { return true }
        return record.sizeInBatch <= topics.source(at: place.topic).maximumMessageBytes
    }

    /// Whether a transaction is open; opens one if need be.
    func beginIfNeeded() -> Bool {
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

    private func written(_ result: RecordView, of record: RecordView, at place: TopicTable.Place, bytes: Int) {
        machine.recordWritten(partition: place.slot, offset: record.offset, bytes: bytes)
        if !machine.retried.isEmpty { noteResumed(place.slot) }
        counters.recordsWritten &+= 1
        counters.bytesWritten &+= UInt64(bytes)
        if result.timestamp == 0 {
            if counters.timestampsReplaced == 0 {
                log.timestampReplaced(topics.partition(ofSlot: place.slot, offset: record.offset))
            }
            counters.timestampsReplaced &+= 1
        }
        if machine.search.isSuspect(partition: place.slot, offset: record.offset) {
            confirm(record.offset, at: place, as: .record)
        }
    }

    /// Waits for what a transient error asked for, or halts the partition.
    ///
    /// - Parameters:
    ///   - cause: what the partition is halted for.
    ///   - obtain: waits for what is missing, at most so many milliseconds.
    func isWorthRepeating(
        _ record: RecordView, at place: TopicTable.Place, after error: TransformError, as cause: HaltCause,
        by obtain: (_ need: TransformNeed, _ milliseconds: Int) -> Bool
    ) -> Bool {
        counters.recordsFailed &+= 1
        now = MonotonicClock.now()
        let need = error.isTransient ? error.need : nil
        var action = machine.recordFailed(
            partition: place.slot, offset: record.offset, canWait: need != nil, now: now)
        if case .wait(let milliseconds) = action, let need {
            let isThere = obtain(need, milliseconds)
            now = MonotonicClock.now()
            if isThere { return true }
            action = machine.recordFailed(partition: place.slot, offset: record.offset, canWait: false, now: now)
        }
        needs[place.slot] = need
        letterNeeds.remove(place.slot)
        halt(place.slot, cause: cause, isTransient: error.mayHeal, action: action)
        return false
    }

    /// Halts the partition of a record that nothing will make good but a person.
    func halt(_ record: RecordView, at place: TopicTable.Place, cause: HaltCause) {
        let action = machine.recordFailed(partition: place.slot, offset: record.offset, canWait: false, now: now)
        halt(place.slot, cause: cause, isTransient: false, action: action)
    }

    /// Commits what came before the record and lets its partition stand still at it. If the commit fails, everything of
    /// the transaction is repeated, that record too.
    private func halt(
        _ partition: Int32, cause: HaltCause, isTransient: Bool, action: WorkerStateMachine.FailureAction
    ) {
        if action == .halt(commitFirst: true), !commit() { return }
        let isNews = machine.halt(
            partition: partition, cause: cause, isTransient: isTransient, now: now, random: .random(in: 0 ... .max))
        guard let halt = machine.halts[partition] else { return }
        if isNews {
            log.halted(
                topics.partition(ofSlot: partition, offset: halt.offset), cause: cause,
                retryInMilliseconds: halt.retryAt.map { $0 - now })
            audit(failureKind, partition, offset: halt.offset, cause)
            audit(.partitionHalted, partition, offset: halt.offset, cause)
        }
        pause([partition])
        seek([partition: halt.offset])
        publish()
        skipIfAsked(partition)
    }

    /// Halts a partition that can't be read.
    func haltUnreadable(_ partition: Int32, cause: HaltCause) {
        if machine.transaction != nil, !commit() { return }
        machine.halt(partition: partition, cause: cause, isTransient: false, now: now, random: 0)
        guard let halt = machine.halts[partition] else { return }
        log.halted(
            topics.partition(ofSlot: partition, offset: halt.offset), cause: cause, retryInMilliseconds: nil)
        audit(.partitionHalted, partition, offset: halt.offset, cause)
        pause([partition])
        publish()
    }

    /// Sees whether a halted partition can go on.
    func retry(_ partition: Int32) {
        if let need = needs[partition] {
            let transform = topics.transform(at: topics.topic(ofSlot: partition))
            let patience = Int(WorkerStateMachine.longestWait)
            let isThere =
                letterNeeds.contains(partition)
                ? letters?.obtain(need, within: patience) ?? true : transform.obtain(need, within: patience)
            now = MonotonicClock.now()
            guard isThere else {
                return machine.retryFailed(partition: partition, now: now, random: .random(in: 0 ... .max))
            }
        }
        needs[partition] = nil
        guard let offset = machine.retrySucceeded(partition: partition) else { return }
        seek([partition: offset])
        resume([partition])
        publish()
    }

    /// Tells that a partition goes on, now that a record of it is through.
    func noteResumed(_ partition: Int32) {
        guard let offset = machine.takeResumed(partition: partition) else { return }
        log.resumed(topics.partition(ofSlot: partition, offset: offset))
        audit(.partitionResumed, partition, offset: offset)
    }
}

extension HaltCause {
    /// The cause that a transform gives.
    init(_ error: TransformError) {
        self.init(code: error.reason.rawValue, message: error.message, field: error.field)
    }
}
