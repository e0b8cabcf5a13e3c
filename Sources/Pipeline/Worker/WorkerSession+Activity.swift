import KafkaClient

extension WorkerSession {
    /// Becomes idle or goes on, as others decide, and does what operators have asked for.
    func followActivity() {
        let version = task.services.activity.version
        let cause = task.services.activity.idleCauses.first
        switch (machine.isIdle, cause) {
        case (false, .some(let cause)):
            // If that fails, the transaction is aborted, and the next step comes here again.
            if machine.transaction != nil, !commit() { return }
            pause(machine.becameIdle())
            log.idle(cause)
        case (true, nil):
            let positions = machine.becameActive()
            seek(positions)
            resume(Array(positions.keys))
            log.active()
        case (true, .some(let cause)) where cause != idleCause: log.idle(cause)
        default: break
        }
        seenActivity = version
        idleCause = cause
        publish()
        dropPassedSkips()
        for partition in machine.halts.keys.sorted() where end == nil { skipIfAsked(partition) }
    }

    /// Leaves out the record that a partition stands at, where an operator asked for exactly that.
    func skipIfAsked(_ partition: Int32) {
        guard end == nil, let halt = machine.halts[partition], let skip = skip(of: partition),
            machine.canSkip(partition: partition, offset: skip.offset)
        else { return }
        guard beginIfNeeded() else { return }
        machine.skip(partition: partition)
        needs[partition] = nil
        guard commit() else {
            // It is read again, halts again, and is left out then.
            if machine.halts[partition] == nil { resume([partition]) }
            return
        }
        counters.recordsSkipped &+= 1
        log.skipped(topics.partition(ofSlot: partition, offset: skip.offset), skip)
        audit(.recordSkipped, partition, offset: skip.offset, halt.cause, actor: skip.actor, purpose: skip.reason)
        task.services.control?.removeSoon(ControlEntry.skip(skip).key)
        seek([partition: skip.offset &+ 1])
        resume([partition])
        publish()
    }

    /// A skip that came too late would wait for ever.
    private func dropPassedSkips() {
        for position in machine.positions {
            guard let skip = skip(of: position.partition), skip.offset < position.next,
                machine.halts[position.partition]?.isOfRecord ?? true
            else { continue }
            log.skipDropped(skip, next: position.next)
            task.services.control?.removeSoon(ControlEntry.skip(skip).key)
        }
    }

    private func skip(of partition: Int32) -> ControlEntry.Skip? {
        guard let control = task.services.control else { return nil }
        let place = topics.partition(ofSlot: partition)
        return control.state.skip(ofPair: task.pair.name, topic: place.topic, partition: place.partition)
    }
}
