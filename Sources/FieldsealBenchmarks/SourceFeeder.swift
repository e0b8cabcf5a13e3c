import KafkaClient
import Records

/// Puts a backlog into a topic all at once: the records are written in a transaction, and show when it is committed.
final class SourceFeeder {
    private let producer: Producer

    /// Writes `count` records to `topic`, those of `store` over and over, over `partitions` partitions in turn.
    init(_ topic: String, from store: RecordStore, count: Int, partitions: Int, broker: BenchmarkBroker) throws {
        producer = try Producer(
            topic: topic,
            settings: [
                "bootstrap.servers": broker.bootstrapServers, "transactional.id": "feed.\(topic)",
                "compression.type": "lz4", "delivery.report.only.error": "true",
                "queue.buffering.max.messages": "1000000",
            ])
        try producer.initTransactions(timeout: BenchmarkBroker.timeout)
        try producer.beginTransaction()
        for index in 0..<count {
            var record = store.views[index % store.views.count]
            record.partition = Int32(index % partitions)
            try write(record)
        }
        guard producer.flush(milliseconds: 60_000), producer.deliveryFailures == 0 else {
            throw KafkaError.undelivered(producer.takeDeliveryFailure() ?? .timedOut)
        }
    }

    /// Lets the records show.
    func commit() throws {
        try producer.commitTransaction(timeout: BenchmarkBroker.timeout)
    }

    private func write(_ record: RecordView) throws {
        while true {
            switch producer.produce(record) {
            case .queued: return
            case .queueFull: producer.poll(milliseconds: 10)
            case .tooLarge: throw KafkaError.undelivered(.messageTooLarge)
            case .failed(let error): throw error
            }
        }
    }
}
