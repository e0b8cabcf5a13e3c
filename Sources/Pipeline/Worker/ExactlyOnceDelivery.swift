import KafkaClient

/// Records and offsets in one Kafka transaction.
final class ExactlyOnceDelivery: DeliveryMode {
    private let producer: Producer
    /// How long one call may take before it is repeated, in milliseconds.
    private static let callTimeout: Int64 = 5_000
    /// What the first attempt gets even where the deadline is near.
    private static let shortestCall: Int64 = 500

    init(producer: Producer) {
        self.producer = producer
    }

    func begin() throws(KafkaError) {
        try producer.beginTransaction()
    }

    func commit(_ offsets: [TopicPartition], consumer: Consumer, deadline: Int64) throws(KafkaError) {
        if !offsets.isEmpty, let metadata = consumer.groupMetadata() {
            try Self.repeating(until: deadline) { (timeout) throws(KafkaError) in
                try producer.sendOffsets(offsets, metadata: metadata, timeout: timeout)
            }
        }
        try Self.repeating(until: deadline) { (timeout) throws(KafkaError) in
            try producer.commitTransaction(timeout: timeout)
        }
    }

    func abort(deadline: Int64) throws(KafkaError) {
        try Self.repeating(until: deadline) { (timeout) throws(KafkaError) in
            try producer.abortTransaction(timeout: timeout)
        }
    }

    private static func repeating(until deadline: Int64, _ call: (Int) throws(KafkaError) -> Void) throws(KafkaError) {
        while true {
            let left = deadline - MonotonicClock.now()
            do {
                return try call(Int(min(max(left, shortestCall), callTimeout)))
            } catch {
                guard error.failure?.isRetriable == true, MonotonicClock.now() < deadline else { throw error }
            }
        }
    }
}
