internal import CRdKafka

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Owns an `rd_kafka_t` and destroys it, then lets its context go.
final class ClientHandle {
    let pointer: OpaquePointer
    let context: ClientContext

    /// Starts a client with its threads.
    ///
    /// - Parameter prepare: may add callbacks to the configuration before the client is made.
    init(
        _ type: rd_kafka_type_t, settings: [String: String], events: ClientEvents,
        prepare: (OpaquePointer) -> Void = { _ in }
    ) throws(KafkaError) {
        context = ClientContext(events: events)
        let configuration = try ClientConfiguration(settings, context: context)
        configuration.withPointer(prepare)
        pointer = try configuration.makeClient(type)
    }

    deinit {
        // A consumer is closed by its owner; destroying must not call back into a delegate that is going away.
        rd_kafka_destroy_flags(pointer, Int32(RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE))
    }

    /// Lets a thread of its own hold the handle last, since destroying it may wait for a coordinator that does not answer.
    func destroyInBackground() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let last = Unmanaged.passRetained(self)
        #if canImport(Glibc)
            var thread = pthread_t()
        #else
            var thread: pthread_t?
        #endif
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                #if canImport(Glibc)
                    guard let argument else { return nil }
                #endif
                let handle = Unmanaged<ClientHandle>.fromOpaque(argument)
                // The owner lets go at about the same time; whoever is last destroys, and that is to be this thread.
                usleep(1_000_000)
                handle.release()
                return nil
            }, last.toOpaque())
        if code != 0 { last.release() }
    }

    /// The error that made this client unusable, if one did.
    var fatalError: KafkaError? {
        var text = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(pointer, &text, text.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        let message = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return KafkaError(
            KafkaError.Failure(
                "go on with this client", code: KafkaErrorCode(code), message: message, isFatal: true))
    }

    /// The first and the next offset of a partition, asked of its leader.
    func watermarks(
        topic: String, partition: Int32, timeout milliseconds: Int
    ) throws(KafkaError) -> (low: Int64, high: Int64) {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_query_watermark_offsets(
            pointer, topic, partition, &low, &high, Int32(clamping: milliseconds))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError("read the watermarks of topic '\(topic)'", code: code, partition: partition)
        }
        return (low, high)
    }

    /// What the cluster tells about topic `name`, which the client then knows too; nil if there is none.
    func describe(topic name: String, timeout milliseconds: Int) throws(KafkaError) -> TopicDescription? {
        let operation = "ask for topic '\(name)'"
        guard let topic = rd_kafka_topic_new(pointer, name, nil) else {
            throw KafkaError(operation, code: rd_kafka_last_error())
        }
        defer { rd_kafka_topic_destroy(topic) }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(pointer, 0, topic, &metadata, Int32(clamping: milliseconds))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { throw KafkaError(operation, code: code) }
        defer { rd_kafka_metadata_destroy(metadata) }
        guard metadata.pointee.topic_cnt > 0 else { return nil }
        let found = metadata.pointee.topics[0]
        switch found.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR: break
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC: return nil
        default: throw KafkaError(operation, code: found.err)
        }
        guard found.partition_cnt > 0 else { return nil }
        return TopicDescription(
            name: name, partitions: Int(found.partition_cnt),
            replicationFactor: Int(found.partitions[0].replica_cnt))
    }
}
