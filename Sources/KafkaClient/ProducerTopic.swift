internal import CRdKafka

/// A topic that a producer writes: owns an `rd_kafka_topic_t`, and keeps the producer's client alive.
public final class ProducerTopic {
    let pointer: OpaquePointer
    private let handle: ClientHandle

    init(_ name: String, of handle: ClientHandle) throws(KafkaError) {
        guard let pointer = rd_kafka_topic_new(handle.pointer, name, nil) else {
            throw KafkaError("open topic '\(name)' for writing", code: rd_kafka_last_error())
        }
        self.pointer = pointer
        self.handle = handle
    }

    deinit {
        rd_kafka_topic_destroy(pointer)
    }
}
