internal import CRdKafka

/// One request of librdkafka's admin interface and its answer.
struct AdminRequest {
    let client: OpaquePointer
    let operation: String
    /// How long the answer may take.
    let timeoutMilliseconds: Int

    /// Sends what `send` makes of the options and queue it is given, waits, and lets `read` take the answer apart.
    func run<Answer>(
        _ api: rd_kafka_admin_op_t, send: (OpaquePointer?, OpaquePointer?) -> Void,
        read: (OpaquePointer) throws(KafkaError) -> Answer
    ) throws(KafkaError) -> Answer {
        let options = rd_kafka_AdminOptions_new(client, api)
        defer { rd_kafka_AdminOptions_destroy(options) }
        let timeout = Int32(clamping: timeoutMilliseconds)
        _ = rd_kafka_AdminOptions_set_request_timeout(options, timeout, nil, 0)
        let queue = rd_kafka_queue_new(client)
        defer { rd_kafka_queue_destroy(queue) }
        send(options, queue)
        // The request has a time-out of its own, so an answer of some kind always comes; the margin is for its queue.
        guard let event = rd_kafka_queue_poll(queue, timeout &+ 5_000) else {
            throw KafkaError(operation, code: RD_KAFKA_RESP_ERR__TIMED_OUT)
        }
        defer { rd_kafka_event_destroy(event) }
        let code = rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(operation, code: code, message: String(cString: rd_kafka_event_error_string(event)))
        }
        return try read(event)
    }

    /// The error that a part of an answer holds, which stays the answer's.
    func error(_ error: OpaquePointer) -> KafkaError {
        KafkaError(
            operation, code: rd_kafka_error_code(error), message: String(cString: rd_kafka_error_string(error)))
    }

    /// Throws the first error among per-topic results.
    func check(_ results: UnsafeMutablePointer<OpaquePointer?>?, count: Int) throws(KafkaError) {
        for index in 0..<count {
            guard let result = results?[index] else { continue }
            let code = rd_kafka_topic_result_error(result)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            throw KafkaError(
                operation, code: code,
                message: rd_kafka_topic_result_error_string(result).map { String(cString: $0) })
        }
    }
}
