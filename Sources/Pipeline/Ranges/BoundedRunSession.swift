import KafkaClient
import Records
import Transform

/// One life of a bounded run's clients: reads its partitions from where they stand to their ends, a transaction at a time.
///
/// Belongs to one thread.
final class BoundedRunSession {
    /// How far a partition is.
    private struct Place {
        var next: Int64
        var end: Int64
        var isTouched = false
    }

    private let pair: TopicPair
    private let timeout: Int
    private let topics: TopicPreparation.Outcome
    private let consumer: Consumer
    /// Reads and commits where the run ends.
    private let ends: Consumer
    private let producer: Producer
    private let target: ProducerTopic
    private let delivery: ExactlyOnceDelivery
    private var places: [Int32: Place] = [:]
    private var transaction: (began: Int64, records: Int, bytes: Int)?

    init(
        pair: TopicPair, identity: BoundedRunIdentity, timeout: Int, topics: TopicPreparation.Outcome,
        events: ClientEvents
    ) throws(KafkaError) {
        self.pair = pair
        self.timeout = timeout
        self.topics = topics
        consumer = try Consumer(settings: Self.consumer(pair, group: identity.groupID), events: events)
        ends = try Consumer(settings: Self.consumer(pair, group: identity.endGroupID), events: events)
        var settings = [
            "client.id": "fieldseal", "reconnect.backoff.max.ms": "2000", "transaction.timeout.ms": "60000",
        ]
        settings.merge(pair.kafka.common) { $1 }
        settings.merge(pair.kafka.producer) { $1 }
        settings["transactional.id"] = identity.transactionalID
        settings["enable.idempotence"] = "true"
        settings["acks"] = "all"
        settings["delivery.report.only.error"] = "true"
        settings["allow.auto.create.topics"] = "false"
        // What the target does not take is refused before it joins a transaction.
        settings["message.max.bytes"] = String(min(max(topics.maximumMessageBytes, 1_000), 1_000_000_000))
        producer = try Producer(settings: settings, events: events)
        target = try producer.open(topic: pair.target)
        delivery = ExactlyOnceDelivery(producer: producer)
    }

    private static func consumer(_ pair: TopicPair, group: String) -> [String: String] {
        var settings = [
            "client.id": "fieldseal", "reconnect.backoff.max.ms": "2000", "receive.message.max.bytes": "268435456",
            "queued.max.messages.kbytes": "32768",
        ]
        settings.merge(pair.kafka.common) { $1 }
        settings.merge(pair.kafka.consumer) { $1 }
        let owned = [
            "group.id": group, "enable.auto.commit": "false", "enable.auto.offset.store": "false",
            "auto.offset.reset": "error", "isolation.level": "read_committed", "enable.partition.eof": "true",
            "allow.auto.create.topics": "false",
        ]
        return settings.merging(owned) { $1 }
    }

    /// Works until every partition is at its end, or `isStopping` says so.
    ///
    /// - Throws: `KafkaError` where the clients are to be replaced or Kafka can't be used; `PipelineError` for a record.
    func run(
        _ range: TopicRange, _ transform: any RecordTransform, _ progress: inout BoundedRunProgress,
        _ isStopping: () -> Bool, _ onProgress: (BoundedRunProgress) -> Void
    ) throws {
        defer {
            consumer.close(timeout: 2_000)
            ends.close(timeout: 2_000)
            producer.purge()
            producer.poll(milliseconds: 0)
        }
        try takeTransactionalID()
        try resolve(range)
        progress.remaining = remaining
        onProgress(progress)
        do {
            try work(transform, &progress, isStopping, onProgress)
        } catch {
            // Nobody comes after this producer soon: readers of the target must not wait for its time-out.
            if transaction != nil { try? delivery.abort(deadline: MonotonicClock.now() + 2_000) }
            throw error
        }
    }

    private var remaining: Int64 { places.values.reduce(0) { $0 + max($1.end - $1.next, 0) } }

    private func takeTransactionalID() throws(KafkaError) {
        let patient = MonotonicClock.now() + Int64(timeout)
        while true {
            do {
                return try producer.initTransactions(timeout: min(timeout, 5_000))
            } catch {
                guard error.failure?.isRetriable == true, MonotonicClock.now() < patient else { throw error }
            }
        }
    }

    /// Where each partition stands and ends: as committed, or at the first start as the range says.
    private func resolve(_ range: TopicRange) throws(KafkaError) {
        let all = (0..<Int32(clamping: topics.sourcePartitions)).map {
            TopicPartition(topic: pair.source, partition: $0)
        }
        guard !all.isEmpty else { return }
        let known = try asking { (timeout) throws(KafkaError) in try ends.committed(all, timeout: timeout) }
        if known.contains(where: { $0.offset >= 0 }) {
            let stands = try asking { (timeout) throws(KafkaError) in try consumer.committed(all, timeout: timeout) }
            let found = Dictionary(uniqueKeysWithValues: stands.map { ($0.partition, $0.offset) })
            for end in known where end.offset >= 0 {
                // Where a run stands is known before its end is: who has lost the one must not pass over records.
                guard let next = found[end.partition], next >= 0 else {
                    throw KafkaError.noAnswer("find how far this run is in partition \(end.partition)")
                }
                if next < end.offset { places[end.partition] = Place(next: next, end: end.offset) }
            }
        } else {
            var limits: [TopicPartition] = []
            var starts: [TopicPartition] = []
            for partition in all {
                let bounds = try range.offsets(
                    of: partition.partition, topic: pair.source, consumer: consumer, timeout: timeout)
                guard let (start, end) = bounds else { continue }
                limits.append(TopicPartition(topic: pair.source, partition: partition.partition, offset: end))
                starts.append(
                    TopicPartition(topic: pair.source, partition: partition.partition, offset: min(start, end)))
                if start < end { places[partition.partition] = Place(next: start, end: end) }
            }
            // The ends come last: where they are known, so are the starts.
            for (client, offsets) in [(consumer, starts), (ends, limits)] where !offsets.isEmpty {
                try asking { (timeout) throws(KafkaError) in try client.commit(offsets, timeout: timeout) }
            }
        }
        try consumer.assign(
            places.map { TopicPartition(topic: pair.source, partition: $0.key, offset: $0.value.next) })
    }

    private func asking<Answer>(_ question: (Int) throws(KafkaError) -> Answer) throws(KafkaError) -> Answer {
        // A dead run's transaction may keep the answer back for its time-out.
        let patient = MonotonicClock.now() + Int64(max(timeout, 90_000))
        while true {
            do {
                return try question(5_000)
            } catch {
                guard error.isTransient, MonotonicClock.now() < patient else { throw error }
                producer.poll(milliseconds: 100)
            }
        }
    }

    private func work(
        _ transform: any RecordTransform, _ progress: inout BoundedRunProgress, _ isStopping: () -> Bool,
        _ onProgress: (BoundedRunProgress) -> Void
    ) throws {
        var heardAt = MonotonicClock.now()
        while remaining > 0, !isStopping() {
            do {
                if let record = try consumer.poll(milliseconds: 100) {
                    heardAt = MonotonicClock.now()
                    try take(record, transform, &progress)
                } else if MonotonicClock.now() - heardAt > Int64(timeout), let partition = places.keys.first {
                    // Says why nothing comes.
                    _ = try consumer.watermarks(topic: pair.source, partition: partition, timeout: timeout)
                    heardAt = MonotonicClock.now()
                }
            } catch let error as KafkaError {
                guard let failure = error.failure, failure.code == .partitionEnd, let partition = failure.partition
                else { throw error }
                // What is left before the end are marks of transactions.
                try finish(partition)
            }
            if isDue {
                try commit()
                progress.remaining = remaining
                onProgress(progress)
            }
        }
        try commit()
        progress.remaining = remaining
        onProgress(progress)
    }

    private var isDue: Bool {
        guard let transaction else { return false }
        let limits = pair.commitLimits
        return transaction.records >= limits.records || transaction.bytes >= limits.bytes
            || MonotonicClock.now() - transaction.began >= max(Int64(limits.intervalMilliseconds), 200)
    }

    private func take(
        _ record: RecordView, _ transform: any RecordTransform, _ progress: inout BoundedRunProgress
    ) throws {
        guard let place = places[record.partition], record.offset >= place.next else { return }
        guard record.offset < place.end else { return try finish(record.partition) }
        let result = try transformed(record, by: transform)
        try begin()
        var copy = result
        copy.partition = record.partition
        try produce(copy, of: record)
        if transform.passedOn != nil { progress.passedOn += 1 }
        progress.records += 1
        places[record.partition]?.next = record.offset + 1
        places[record.partition]?.isTouched = true
        if record.offset + 1 >= place.end { try finish(record.partition) }
    }

    /// The partition is at its end: nothing more of it is fetched.
    private func finish(_ partition: Int32) throws(KafkaError) {
        guard let place = places[partition] else { return }
        try begin()
        places[partition]?.next = place.end
        places[partition]?.isTouched = true
        try consumer.pause([TopicPartition(topic: pair.source, partition: partition)])
    }

    private func begin() throws(KafkaError) {
        guard transaction == nil else { return }
        try delivery.begin()
        transaction = (MonotonicClock.now(), 0, 0)
    }

    private func commit() throws(KafkaError) {
        guard transaction != nil else { return }
        let offsets = places.filter(\.value.isTouched).map {
            TopicPartition(topic: pair.source, partition: $0.key, offset: $0.value.next)
        }
        try delivery.commit(offsets, consumer: consumer, deadline: MonotonicClock.now() + Int64(max(timeout, 30_000)))
        transaction = nil
        for partition in places.keys { places[partition]?.isTouched = false }
    }

    private func transformed(_ record: RecordView, by transform: any RecordTransform) throws -> RecordView {
        let deadline = MonotonicClock.now() + Int64(timeout)
        while true {
            do throws(TransformError) {
                return try transform.transform(record, now: MonotonicClock.now())
            } catch {
                let left = deadline - MonotonicClock.now()
                guard error.isTransient, left > 0 else { throw stopped(by: record, HaltCause(error)) }
                if let need = error.need, transform.obtain(need, within: Int(min(left, 1_000))) { continue }
                MonotonicClock.sleep(milliseconds: min(left, 200))
            }
        }
    }

    private func produce(_ result: RecordView, of record: RecordView) throws {
        while true {
            switch producer.produce(result, to: target) {
            case .queued:
                transaction?.records += 1
                transaction?.bytes += (result.key?.count ?? 0) + (result.value?.count ?? 0)
                return
            case .queueFull: producer.poll(milliseconds: 50)
            case .tooLarge: throw stopped(by: record, .recordTooLarge(target: pair.target))
            case .failed(let error): throw error
            }
        }
    }

    /// What came before the record is committed, so that the run goes on there.
    private func stopped(by record: RecordView, _ cause: HaltCause) -> any Error {
        do {
            try commit()
        } catch {
            return error
        }
        return PipelineError.record(
            pair: pair.name, topic: pair.source, partition: record.partition, offset: record.offset, cause)
    }
}
