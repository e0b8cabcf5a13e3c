import KafkaClient

/// Records first, then offsets: a crash between the two repeats records, and loses none.
final class AtLeastOnceDelivery: DeliveryMode {
    private let producer: Producer
    private var failuresBefore = 0

    init(producer: Producer) {
        self.producer = producer
    }

    func begin() throws(KafkaError) {
        failuresBefore = producer.deliveryFailures
    }

    func commit(_ offsets: [TopicPartition], consumer: Consumer, deadline: Int64) throws(KafkaError) {
        while !producer.flush(milliseconds: 1_000) {
            if producer.deliveryFailures != failuresBefore { break }
            if MonotonicClock.now() >= deadline { throw KafkaError.undelivered(.timedOut) }
        }
        if producer.deliveryFailures != failuresBefore {
            throw KafkaError.undelivered(producer.takeDeliveryFailure() ?? .fatal)
        }
        if let fatal = producer.fatalError { throw fatal }
        if offsets.isEmpty { return }
        let left = deadline - MonotonicClock.now()
        try consumer.commit(offsets, timeout: Int(max(left, 500)))
    }

    /// What was sent stays sent.
    func abort(deadline: Int64) throws(KafkaError) {
        producer.purge()
        producer.poll(milliseconds: 0)
    }
}
