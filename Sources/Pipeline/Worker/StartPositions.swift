import KafkaClient

/// Finds out where a worker goes on with the partitions it was given; blocks, and lets a stop through.
struct StartPositions {
    /// A partition and where it goes on.
    struct Start {
        /// The partition; its offset is where to go on, `noOffset` where that is not known.
        var partition: TopicPartition
        /// Why it stands still, if it does.
        var cause: HaltCause?
    }

    /// Where reading starts without a committed offset, if the configuration says.
    let startFrom: TopicPair.StartPosition?
    let consumer: Consumer
    let producer: Producer
    let control: WorkerControl
    /// How long one question may take, in milliseconds.
    private static let callTimeout = 5_000
    /// How long to go on asking: a dead member's transaction may keep the answer back for its own time-out and 10 s more.
    private static let patience: Int64 = 120_000

    /// One start per partition.
    ///
    /// - Parameter sources: what is known of the partitions' topics, by name; partitions of others are left out.
    func resolve(_ partitions: [TopicPartition], sources: [String: SourceTopic]) throws(KafkaError) -> [Start] {
        guard !partitions.isEmpty else { return [] }
        let committed = try asking { (timeout) throws(KafkaError) in
            try consumer.committed(partitions, timeout: timeout)
        }
        var starts: [Start] = []
        var found: [TopicPartition] = []
        for var partition in committed {
            guard let source = sources[partition.topic] else { continue }
            if partition.offset < 0 { partition.offset = TopicPartition.noOffset }
            if Int(partition.partition) >= source.targetPartitions {
                starts.append(Start(partition: partition, cause: .targetPartitionMissing(target: source.target)))
                continue
            }
            switch try decide(partition, of: source) {
            case .committed: starts.append(Start(partition: partition))
            case .lookUp(let position):
                let start = try lookUp(partition, position)
                found.append(start)
                starts.append(Start(partition: start))
            case .halt(let cause): starts.append(Start(partition: partition, cause: cause))
            }
        }
        // Committed before the first record: a kill in the first transaction leaves aborted records in the target, and
        // without an offset the next start would find the target used and halt.
        if !found.isEmpty {
            try asking { (timeout) throws(KafkaError) in try consumer.commit(found, timeout: timeout) }
        }
        return starts
    }

    private func decide(
        _ partition: TopicPartition, of source: SourceTopic
    ) throws(KafkaError) -> StartDecision {
        let committed = partition.offset >= 0 ? partition.offset : nil
        var high: Int64 = 0
        if committed == nil && (startFrom == nil || source.isLate) {
            high = try asking { (timeout) throws(KafkaError) in
                try producer.watermarks(topic: source.target, partition: partition.partition, timeout: timeout).high
            }
        }
        return StartDecision.decide(
            committed: committed, startFrom: startFrom, isLate: source.isLate, targetHighWatermark: high,
            target: source.target)
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
