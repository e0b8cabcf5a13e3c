import KafkaClient

extension WorkerSession: RebalanceDelegate {
    func consumer(_ consumer: Consumer, assigned partitions: [TopicPartition]) {
        isInRebalance = true
        defer { isInRebalance = false }
        do {
            let assignments = end == nil ? try resolve(partitions) : []
            let paused = machine.assigned(assignments)
            needs = needs.filter { machine.halts[$0.key] != nil }
            let positions = assignments.compactMap { assignment in
                assignment.position.map { topicPartition(assignment.partition, offset: $0) }
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

    private func resolve(_ partitions: [TopicPartition]) throws(KafkaError) -> [WorkerStateMachine.Assignment] {
        let highest = partitions.map(\.partition).max() ?? -1
        let targetPartitions = task.targetPartitions(Int(highest) + 1)
        let starts = StartPositions(pair: task.pair, consumer: consumer, producer: producer, control: control)
        return try starts.resolve(partitions, targetPartitions: targetPartitions)
    }

    private func report(_ assignments: [WorkerStateMachine.Assignment]) {
        log.assigned(machine.positions)
        now = MonotonicClock.now()
        for assignment in assignments {
            guard let halt = machine.halts[assignment.partition] else { continue }
            log.halted(
                partition: assignment.partition, offset: assignment.position, cause: halt.cause,
                retryInMilliseconds: halt.retryAt.map { max($0 - now, 0) })
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
        log.revoked(partitions.map(\.partition), isLost: isLost)
        do {
            try consumer.unassign()
        } catch {
            if end == nil { end = .restart(error) }
        }
        publish()
    }

    func topicPartition(_ partition: Int32, offset: Int64 = TopicPartition.noOffset) -> TopicPartition {
        TopicPartition(topic: task.pair.source, partition: partition, offset: offset)
    }

    func pause(_ partitions: [Int32]) {
        do {
            try consumer.pause(partitions.map { topicPartition($0) })
        } catch {
            if end == nil { end = .restart(error) }
        }
    }

    func resume(_ partitions: [Int32]) {
        do {
            try consumer.resume(partitions.map { topicPartition($0) })
        } catch {
            if end == nil { end = .restart(error) }
        }
    }

    /// Goes on reading from these offsets.
    func seek(_ offsets: [Int32: Int64]) {
        guard !offsets.isEmpty, end == nil else { return }
        let list = offsets.map { topicPartition($0.key, offset: $0.value) }
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
            try consumer.assign(positions.map { topicPartition($0.partition, offset: $0.next) })
            let halted = positions.map(\.partition).filter { machine.halts[$0] != nil }
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
                let partition = failure.partition
            {
                haltUnreadable(partition, cause: .offsetOutOfRange)
            } else {
                log.kafka(error)
            }
        }
    }
}
