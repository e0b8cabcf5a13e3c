import KafkaClient
import Records

/// Fills a topic before a worker reads it.
enum SourceFeeder {
    /// Writes `count` records to `topic`, those of `store` over and over, over `partitions` in turn.
    ///
    /// Not in a transaction: the development broker answers a fetch at the marker that ends one at once and with nothing,
    /// so that a consumer which has read everything asks again and again.
    static func feed(
        _ topic: String, from store: RecordStore, count: Int, partitions: Range<Int>, broker: BenchmarkBroker
    ) throws {
        let producer = try Producer(
            settings: [
                "bootstrap.servers": broker.bootstrapServers, "enable.idempotence": "true",
                "compression.type": "lz4", "delivery.report.only.error": "true",
                "queue.buffering.max.messages": "1000000",
            ])
        let target = try producer.open(topic: topic)
        for index in 0..<count {
            var record = store.views[index % store.views.count]
            record.partition = Int32(partitions.lowerBound + index % partitions.count)
            try write(record, to: target, by: producer)
        }
        guard producer.flush(milliseconds: 60_000), producer.deliveryFailures == 0 else {
            throw KafkaError.undelivered(producer.takeDeliveryFailure() ?? .timedOut)
        }
    }

    private static func write(_ record: RecordView, to target: ProducerTopic, by producer: Producer) throws {
        while true {
            switch producer.produce(record, to: target) {
            case .queued: return
            case .queueFull: producer.poll(milliseconds: 10)
            case .tooLarge: throw KafkaError.undelivered(.messageTooLarge)
            case .failed(let error): throw error
            }
        }
    }
}
