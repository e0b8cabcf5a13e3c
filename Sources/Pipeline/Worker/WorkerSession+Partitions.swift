import KafkaClient

extension WorkerSession: RebalanceDelegate {
    func consumer(_ consumer: Consumer, assigned partitions: [TopicPartition]) {
        isInRebalance = true
        defer { isInRebalance = false }
        do {
            let assignments = try assignments(for: partitions)
            let paused = machine.assigned(assignments)
            needs = needs.filter { machine.halts[$0.key] != nil }
            letterNeeds.formIntersection(needs.keys)
            let positions = assignments.compactMap { assignment in
                assignment.position.map { topics.partition(ofSlot: assignment.partition, offset: $0) }
            }
            try consumer.assign(positions)
            // librdkafka keeps a partition paused that was revoked while paused.
            if !positions.isEmpty { try consumer.resume(positions) }
            if !paused.isEmpty { pause(paused) }
            report(assignments)
        } catch {
            recover(from: error)
            if end == nil { end = .restart(error) }
            try? consumer.unassign()
        }
    }

    /// What the state machine is told of the partitions that came; nothing where the session is to end.
    private func assignments(for partitions: [TopicPartition]) throws(KafkaError) -> [WorkerStateMachine.Assignment] {
        guard end == nil else { return [] }
        var sources: [String: SourceTopic] = [:]
        for (topic, own) in Dictionary(grouping: partitions, by: \.topic) {
            task.refresh(topic, Int(own.map(\.partition).max() ?? -1) + 1)
            guard let source = task.sources.topic(named: topic) else {
                own.forEach(log.unknownTopic)
                continue
            }
            guard take(source) else { return [] }
            sources[topic] = source
        }
        let starts = StartPositions(
            startFrom: task.pair.start, consumer: consumer, producer: producer, control: control)
        // In order, so that the numbers of one topic's partitions are in order too.
        let known = partitions.filter { sources[$0.topic] != nil }
            .sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
        return try starts.resolve(known, sources: sources).compactMap { start in
            guard let slot = topics.slot(of: start.partition) else { return nil }
            let offset = start.partition.offset
            return .init(partition: slot, position: offset >= 0 ? offset : nil, cause: start.cause)
        }
    }

    /// Makes ready for a topic's records; says false where the session must end first.
    private func take(_ source: SourceTopic) -> Bool {
        let limit = source.messageLimits.min() ?? 0
        guard limit >= settings.smallestTarget else {
            log.renewed(batchBytes: limit)
            end = .renew
            return false
        }
        refresh(source)
        do throws(PipelineError) {
            try topics.put(source, make: task.transform)
            return true
        } catch {
            end = .failed(error)
            return false
        }
    }

    /// Lets the producer know of partitions that a target was given since it asked.
    private func refresh(_ source: SourceTopic) {
        guard let index = topics.index(ofTopic: source.name),
            topics.source(at: index).targetPartitions != source.targetPartitions
        else { return }
        do {
            try producer.refresh(topic: source.target, timeout: 5_000)
        } catch {
            log.kafka(error)
        }
    }

    private func report(_ assignments: [WorkerStateMachine.Assignment]) {
        // What operators asked for may concern a partition that came just now.
        seenActivity = -1
        log.assigned(machine.positions.map { topics.partition(ofSlot: $0.partition, offset: $0.next) })
        now = MonotonicClock.now()
        for assignment in assignments {
            guard let halt = machine.halts[assignment.partition] else { continue }
            let offset = assignment.position ?? TopicPartition.noOffset
            log.halted(
                topics.partition(ofSlot: assignment.partition, offset: offset), cause: halt.cause,
                retryInMilliseconds: halt.retryAt.map { max($0 - now, 0) })
            audit(.partitionHalted, assignment.partition, offset: offset, halt.cause)
        }
        publish()
    }

    func consumer(_ consumer: Consumer, revoked partitions: [TopicPartition]) {
        isInRebalance = true
        defer { isInRebalance = false }
        let isLost = consumer.isAssignmentLost
        if end == nil {
            switch machine.revocation(isLost: isLost) {
            case .none: break
            case .commit: commit()
            case .abort: abort(because: .noAnswer("stay in the group"))
            }
        }
        machine.revoked()
        log.revoked(partitions, isLost: isLost)
        do {
            try consumer.unassign()
        } catch {
            if end == nil { end = .restart(error) }
        }
        publish()
    }

    func pause(_ slots: [Int32]) {
        guard !slots.isEmpty else { return }
        do {
            try consumer.pause(slots.map { topics.partition(ofSlot: $0) })
        } catch {
            if end == nil { end = .restart(error) }
        }
    }

    func resume(_ slots: [Int32]) {
        guard !slots.isEmpty, end == nil else { return }
        do {
            try consumer.resume(slots.map { topics.partition(ofSlot: $0) })
        } catch {
            if end == nil { end = .restart(error) }
        }
    }

    /// Goes on reading from these offsets, by the partitions' numbers.
    func seek(_ offsets: [Int32: Int64]) {
        guard !offsets.isEmpty, end == nil else { return }
        let list = offsets.map { topics.partition(ofSlot: $0.key, offset: $0.value) }
        // librdkafka 2.0.2 may say "timed out" too early: the same seek is repeated.
        for _ in 0..<5 {
            do {
                return try consumer.seek(list, timeout: 1_000)
            } catch {
                guard error.isTransient || error.failure?.code == .timedOut else { break }
            }
        }
        assignAnew()
    }

    /// Reads every partition from where it stands: what a seek does, for partitions that refuse one.
    private func assignAnew() {
        let positions = machine.positions.filter { machine.halts[$0.partition]?.isOfRecord ?? true }
        do {
            try consumer.assign(positions.map { topics.partition(ofSlot: $0.partition, offset: $0.next) })
            let halted = positions.map(\.partition).filter { machine.isIdle || machine.halts[$0] != nil }
            if !halted.isEmpty { pause(halted) }
        } catch {
            if end == nil { end = .restart(error) }
        }
    }

    /// A poll gave an error instead of a record.
    func pollFailed(_ error: KafkaError) {
        if let plan = seeksAfterPoll {
            seeksAfterPoll = nil
            goBack(plan)
        }
        guard let failure = error.failure else { return recover(from: error) }
        switch error {
        case .fenced, .refused: recover(from: error)
        default:
            if failure.isFatal {
                recover(from: error)
            } else if failure.code == .offsetReset || failure.code == .offsetOutOfRange,
                let slot = slot(of: failure)
            {
                passGap(slot)
            } else {
                log.kafka(error)
            }
        }
    }

    /// The source no longer has the record to go on with: goes on at the first one that it has, and tells what it passed.
    ///
    /// An offset beyond the source's end is another thing: the source was recreated or cut off, and to begin anew might
    /// write again what the target has, so that the partition stands still.
    private func passGap(_ slot: Int32) {
        if machine.transaction != nil, !commit() { return }
        guard let next = machine.positions.first(where: { $0.partition == slot })?.next else { return }
        let place = topics.partition(ofSlot: slot, offset: next)
        do {
            let marks = try consumer.watermarks(topic: place.topic, partition: place.partition, timeout: 5_000)
            guard next <= marks.high else { return haltUnreadable(slot, cause: .offsetOutOfRange(end: marks.high)) }
            // It is there after all: only the answer was late.
            guard next < marks.low else { return assignAnew() }
            machine.gapPassed(partition: slot, to: marks.low)
            counters.gaps &+= 1
            counters.offsetsMissed &+= UInt64(marks.low - next)
            log.gap(place, to: marks.low)
            task.services.audit.record(
                AuditEvent(
                    .gap, pair: task.pair.name, topic: place.topic, partition: place.partition, offset: next,
                    reason: "offset_out_of_range",
                    message: "The source no longer has these offsets; some may have been marks of transactions.",
                    details: ["until": "\(marks.low)"]))
            assignAnew()
            publish()
        } catch {
            recover(from: error)
        }
    }

    /// The number of the partition that a failure names.
    private func slot(of failure: KafkaError.Failure) -> Int32? {
        guard let topic = failure.topic, let partition = failure.partition else { return nil }
        return topics.slot(of: TopicPartition(topic: topic, partition: partition))
    }
}
