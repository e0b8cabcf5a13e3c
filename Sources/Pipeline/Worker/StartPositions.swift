import KafkaClient

/// Finds out where a worker goes on with the partitions it was given; blocks, and lets a stop through.
struct StartPositions {
    let pair: TopicPair
    let consumer: Consumer
    let producer: Producer
    let control: WorkerControl
    /// How long one question may take, in milliseconds.
    private static let callTimeout = 5_000
    /// How long to go on asking: a dead member's transaction may keep the answer back for its own time-out and 10 s more.
    private static let patience: Int64 = 120_000

    /// One assignment per partition.
    ///
    /// - Parameter targetPartitions: how many partitions the target has.
    func resolve(
        _ partitions: [TopicPartition], targetPartitions: Int
    ) throws(KafkaError) -> [WorkerStateMachine.Assignment] {
        guard !partitions.isEmpty else { return [] }
        let committed = try asking { (timeout) throws(KafkaError) in
            try consumer.committed(partitions, timeout: timeout)
        }
        var assignments: [WorkerStateMachine.Assignment] = []
        var starts: [TopicPartition] = []
        for partition in committed {
            if Int(partition.partition) >= targetPartitions {
                assignments.append(halted(partition, .targetPartitionMissing(target: pair.target)))
                continue
            }
            switch try decide(partition) {
            case .committed(let offset):
                assignments.append(.init(partition: partition.partition, position: offset))
            case .lookUp(let start):
                let found = try lookUp(partition, start)
                starts.append(found)
                assignments.append(.init(partition: partition.partition, position: found.offset))
            case .halt(let cause):
                assignments.append(halted(partition, cause))
            }
        }
        // Committed before the first record: a kill in the first transaction leaves aborted records in the target, and
        // without an offset the next start would find the target used and halt.
        if !starts.isEmpty {
            try asking { (timeout) throws(KafkaError) in try consumer.commit(starts, timeout: timeout) }
        }
        return assignments
    }

    private func halted(_ partition: TopicPartition, _ cause: HaltCause) -> WorkerStateMachine.Assignment {
        let offset = partition.offset >= 0 ? partition.offset : nil
        return WorkerStateMachine.Assignment(partition: partition.partition, position: offset, cause: cause)
    }

    private func decide(_ partition: TopicPartition) throws(KafkaError) -> StartDecision {
        let committed = partition.offset >= 0 ? partition.offset : nil
        var high: Int64 = 0
        if committed == nil && pair.startFrom == nil {
            high = try asking { (timeout) throws(KafkaError) in
                try producer.watermarks(topic: pair.target, partition: partition.partition, timeout: timeout).high
            }
        }
        return StartDecision.decide(
            committed: committed, startFrom: pair.startFrom, targetHighWatermark: high, target: pair.target)
    }

    private func lookUp(
        _ partition: TopicPartition, _ start: TopicPair.StartPosition
    ) throws(KafkaError) -> TopicPartition {
        var found = partition
        if case .time(let time) = start {
            var question = partition
            question.offset = time
            let answer = try asking { (timeout) throws(KafkaError) in
                try consumer.offsets(forTimes: [question], timeout: timeout)
            }
            if let offset = answer.first?.offset, offset >= 0 {
                found.offset = offset
                return found
            }
        }
        let marks = try asking { (timeout) throws(KafkaError) in
            try consumer.watermarks(topic: partition.topic, partition: partition.partition, timeout: timeout)
        }
        // A time later than the last record is the end.
        found.offset = start == .earliest ? marks.low : marks.high
        return found
    }

    /// Repeats a question while Kafka has no answer yet: silence, a new topic, a leader that is being elected.
    private func asking<Answer>(_ question: (Int) throws(KafkaError) -> Answer) throws(KafkaError) -> Answer {
        let patient = MonotonicClock.now() + Self.patience
        while true {
            do {
                return try question(Self.callTimeout)
            } catch {
                let isPassing = error.isTransient || error.failure?.code.isPassing == true
                guard isPassing, !control.isStopRequested, MonotonicClock.now() < patient else { throw error }
                // An answer that comes at once must not be asked for in a tight loop.
                producer.poll(milliseconds: 100)
            }
        }
    }
}

extension KafkaErrorCode {
    /// Whether the answer will change by itself, as it does for a topic that was made just now.
    fileprivate var isPassing: Bool {
        switch self {
        case .unknownTopicOrPartition, .unknownPartition, .unknownTopic, .leaderNotAvailable: true
        default: false
        }
    }
}
