import KafkaClient
import Records

/// Reads a part of a topic once, as a reader that joins no group and commits nothing; blocks its thread.
public struct TopicRangeReader {
    /// What a topic holds of a partition.
    struct Bounds {
        /// The number of partitions.
        var partitions: Int
        /// The offset of the first record, and the one after the last that is committed; nil where the partition is not
        /// there.
        var offsets: Range<Int64>?
    }

    private let pair: String
    private let topic: String
    private let range: TopicRange
    private let settings: [String: String]
    private let common: [String: String]
    private let timeout: Int
    private let patience: Int64

    /// - Parameters:
    ///   - pair: whose topic it is, for errors.
    ///   - kafka: how the brokers are reached.
    ///   - milliseconds: how long one question, and a silence, may take.
    ///   - patience: how long all of it may take, in milliseconds; without end unless given.
    public init(
        pair: String, topic: String, kafka: TopicPair.KafkaSettings, range: TopicRange, timeout milliseconds: Int,
        patience: Int64 = .max
    ) {
        self.pair = pair
        self.topic = topic
        self.range = range
        timeout = milliseconds
        self.patience = patience
        common = ["client.id": "fieldseal"].merging(kafka.common) { $1 }
        let owned = [
            // librdkafka asks for one, and never joins it.
            "group.id": "fieldseal.range", "enable.auto.commit": "false", "enable.auto.offset.store": "false",
            "auto.offset.reset": "earliest", "isolation.level": "read_committed", "enable.partition.eof": "true",
            "allow.auto.create.topics": "false",
        ]
        settings = ["receive.message.max.bytes": "268435456", "queued.max.messages.kbytes": "32768"]
            .merging(common) { $1 }.merging(kafka.consumer) { $1 }.merging(owned) { $1 }
    }

    /// Calls `body` with each record of the range, those of a partition in order; a record's bytes are valid within the
    /// call.
    ///
    /// - Throws: `configuration` where there is no such topic, `kafka` where a broker refuses or is silent.
    public func read(_ body: (RecordView) -> Void) throws(PipelineError) {
        try withConsumer { (consumer, partitions) throws(KafkaError) in
            try read(consumer, partitions: partitions, body)
        }
    }

    /// What there is of a partition now.
    ///
    /// - Throws: as `read`.
    func bounds(of partition: Int32) throws(PipelineError) -> Bounds {
        try withConsumer { (consumer, partitions) throws(KafkaError) in
            guard partition >= 0, partition < partitions else { return Bounds(partitions: partitions) }
            let marks = try consumer.watermarks(topic: topic, partition: partition, timeout: timeout)
            return Bounds(partitions: partitions, offsets: marks.low..<max(marks.low, marks.high))
        }
    }

    private func withConsumer<Result>(
        _ body: (_ consumer: Consumer, _ partitions: Int) throws(KafkaError) -> Result
    ) throws(PipelineError) -> Result {
        let result: Result?
        do throws(KafkaError) {
            let description = try Admin(settings: common).describe(topic: topic, timeout: timeout)
            if let description {
                let consumer = try Consumer(settings: settings)
                defer { consumer.close() }
                result = try body(consumer, description.partitions)
            } else {
                result = nil
            }
        } catch {
            throw .kafka(pair: pair, error)
        }
        guard let result else { throw .configuration(pair: pair, message: "there is no topic '\(topic)'") }
        return result
    }

    private func read(
        _ consumer: Consumer, partitions: Int, _ body: (RecordView) -> Void
    ) throws(KafkaError) {
        var ends: [Int32: Int64] = [:]
        var starts: [TopicPartition] = []
        for number in 0..<Int32(clamping: partitions) {
            guard let (start, end) = try range.offsets(of: number, topic: topic, consumer: consumer, timeout: timeout),
                start < end
            else { continue }
            ends[number] = end
            starts.append(TopicPartition(topic: topic, partition: number, offset: start))
        }
        guard !starts.isEmpty else { return }
        try consumer.assign(starts)
        var heardAt = MonotonicClock.now()
        let began = heardAt
        while !ends.isEmpty {
            guard MonotonicClock.now() - began < patience else { throw .noAnswer("read topic '\(topic)'") }
            do throws(KafkaError) {
                if let record = try consumer.poll(milliseconds: 100) {
                    heardAt = MonotonicClock.now()
                    guard let end = ends[record.partition] else { continue }
                    if record.offset < end { body(record) }
                    // What follows may be no record but the mark of a transaction's end.
                    if record.offset >= end - 1 { ends[record.partition] = nil }
                } else if MonotonicClock.now() - heardAt > Int64(timeout), let partition = ends.keys.first {
                    // Says why nothing comes.
                    _ = try consumer.watermarks(topic: topic, partition: partition, timeout: timeout)
                    heardAt = MonotonicClock.now()
                }
            } catch {
                guard let failure = error.failure, failure.code == .partitionEnd, let partition = failure.partition
                else { throw error }
                ends[partition] = nil
            }
        }
    }
}
