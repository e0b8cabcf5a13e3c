internal import CRdKafka
public import Records

/// An idempotent producer, transactional where its settings have a `transactional.id`: owns one
/// `rd_kafka_t` of the producer kind.
///
/// Not thread-safe. Delivery failures are reported inside `poll`, `flush`, `commitTransaction` and `abortTransaction`,
/// on the calling thread; the settings must hold `delivery.report.only.error=true` so that successes cost nothing.
public final class Producer {
    private let handle: ClientHandle
    /// The arguments of `rd_kafka_produceva`, filled anew for each record.
    private let arguments: UnsafeMutablePointer<rd_kafka_vu_t>
    private static let argumentCount = 7

    /// Starts a producer.
    ///
    /// - Parameters:
    ///   - settings: librdkafka's properties.
    ///   - events: where log lines and errors without a call go.
    /// - Throws: `invalidSetting`.
    public init(settings: [String: String], events: ClientEvents = ClientEvents()) throws(KafkaError) {
        handle = try ClientHandle(RD_KAFKA_PRODUCER, settings: settings, events: events) { configuration in
            rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
                guard let message, let context = ClientContext.of(opaque) else { return }
                if message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR {
                    context.deliveryFailures += 1
                    if context.deliveryFailure == nil {
                        context.deliveryFailure = KafkaErrorCode(message.pointee.err)
                    }
                }
            }
        }
        arguments = .allocate(capacity: Self.argumentCount)
        arguments.initialize(repeating: rd_kafka_vu_t(), count: Self.argumentCount)
        fillConstantArguments()
    }

    deinit {
        arguments.deallocate()
    }

    /// Opens topic `name` for writing; it need not exist yet.
    public func open(topic name: String) throws(KafkaError) -> ProducerTopic {
        try ProducerTopic(name, of: handle)
    }

    private func fillConstantArguments() {
        arguments[0].vtype = RD_KAFKA_VTYPE_RKT
        arguments[1].vtype = RD_KAFKA_VTYPE_MSGFLAGS
        arguments[1].u.i = Int32(RD_KAFKA_MSG_F_COPY)
        arguments[2].vtype = RD_KAFKA_VTYPE_PARTITION
        arguments[3].vtype = RD_KAFKA_VTYPE_TIMESTAMP
        arguments[4].vtype = RD_KAFKA_VTYPE_KEY
        arguments[5].vtype = RD_KAFKA_VTYPE_VALUE
        arguments[6].vtype = RD_KAFKA_VTYPE_HEADERS
    }

    /// Queues a copy of `record` for `topic`, which this producer has opened: partition, key, value, headers (nulls and
    /// duplicates included) and timestamp. librdkafka writes a timestamp of 0 as the current time.
    public func produce(_ record: RecordView, to topic: ProducerTopic) -> ProduceOutcome {
        arguments[0].u.rkt = topic.pointer
        arguments[2].u.i32 = record.partition
        arguments[3].u.i64 = record.timestamp
        arguments[4].u.mem.ptr = UnsafeMutableRawPointer(mutating: record.key?.baseAddress)
        arguments[4].u.mem.size = record.key?.count ?? 0
        arguments[5].u.mem.ptr = UnsafeMutableRawPointer(mutating: record.value?.baseAddress)
        arguments[5].u.mem.size = record.value?.count ?? 0
        var count = Self.argumentCount - 1
        var headers: OpaquePointer?
        if record.headers.count > 0 {
            headers = Self.makeHeaders(record.headers)
            arguments[6].u.headers = headers
            count += 1
        }
        guard let error = rd_kafka_produceva(handle.pointer, arguments, count) else { return .queued }
        // librdkafka took the headers over only if it took the record.
        if let headers { rd_kafka_headers_destroy(headers) }
        return outcome(of: error)
    }

    private static func makeHeaders(_ views: UnsafeBufferPointer<HeaderView>) -> OpaquePointer? {
        let headers = rd_kafka_headers_new(views.count)
        for view in views {
            _ = rd_kafka_header_add(
                headers, view.name.baseAddress?.assumingMemoryBound(to: CChar.self), view.name.count,
                view.value?.baseAddress, view.value?.count ?? 0)
        }
        return headers
    }

    private func outcome(of error: OpaquePointer) -> ProduceOutcome {
        let code = KafkaErrorCode(rd_kafka_error_code(error))
        switch code {
        case .queueFull, .messageTooLarge:
            rd_kafka_error_destroy(error)
            return code == .queueFull ? .queueFull : .tooLarge
        case .fatal:
            rd_kafka_error_destroy(error)
            return .failed(fatalError ?? KafkaError("queue a record", code: RD_KAFKA_RESP_ERR__FATAL))
        default:
            return .failed(KafkaError("queue a record", taking: error))
        }
    }

    /// Serves reports and errors for at most `milliseconds`.
    public func poll(milliseconds: Int) {
        _ = rd_kafka_poll(handle.pointer, Int32(clamping: milliseconds))
    }

    /// The error that made this producer unusable, if one did.
    public var fatalError: KafkaError? { handle.fatalError }

    /// Delivery failures since the producer was made.
    public var deliveryFailures: Int { handle.context.deliveryFailures }

    /// The first delivery failure since the last call.
    public func takeDeliveryFailure() -> KafkaErrorCode? {
        defer { handle.context.deliveryFailure = nil }
        return handle.context.deliveryFailure
    }

    /// Waits until everything queued has been delivered or has failed.
    ///
    /// - Returns: false if that took longer than `milliseconds`.
    public func flush(milliseconds: Int) -> Bool {
        rd_kafka_flush(handle.pointer, Int32(clamping: milliseconds)) == RD_KAFKA_RESP_ERR_NO_ERROR
    }

    /// Gives up everything queued or in flight; reports of it follow in the next `poll`.
    public func purge() {
        _ = rd_kafka_purge(handle.pointer, Int32(RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT))
    }

    /// Takes the transactional id, fencing whoever had it and ending what that one left open.
    public func initTransactions(timeout milliseconds: Int) throws(KafkaError) {
        try check(
            rd_kafka_init_transactions(handle.pointer, Int32(clamping: milliseconds)), "take the transactional id")
    }

    /// Begins a transaction.
    public func beginTransaction() throws(KafkaError) {
        try check(rd_kafka_begin_transaction(handle.pointer), "begin a transaction")
    }

    /// Adds the offsets of `partitions` to the open transaction, as those of the group in `metadata` (KIP-447).
    public func sendOffsets(
        _ partitions: [TopicPartition], metadata: GroupMetadata, timeout milliseconds: Int
    ) throws(KafkaError) {
        let list = TopicPartitionList(partitions)
        try check(
            rd_kafka_send_offsets_to_transaction(
                handle.pointer, list.pointer, metadata.pointer, Int32(clamping: milliseconds)),
            "add offsets to the transaction")
    }

    /// Flushes and commits the open transaction; after a retriable error the same call goes on where it was.
    public func commitTransaction(timeout milliseconds: Int) throws(KafkaError) {
        try check(
            rd_kafka_commit_transaction(handle.pointer, Int32(clamping: milliseconds)), "commit the transaction")
    }

    /// Purges and aborts the open transaction; after a retriable error the same call goes on where it was.
    public func abortTransaction(timeout milliseconds: Int) throws(KafkaError) {
        try check(rd_kafka_abort_transaction(handle.pointer, Int32(clamping: milliseconds)), "abort the transaction")
    }

    /// Asks the cluster again how many partitions topic `name` has: what is known is not asked for by itself for minutes.
    public func refresh(topic name: String, timeout milliseconds: Int) throws(KafkaError) {
        _ = try handle.describe(topic: name, timeout: milliseconds)
    }

    /// The first and the next offset of a partition of any topic, asked of its leader.
    public func watermarks(
        topic: String, partition: Int32, timeout milliseconds: Int
    ) throws(KafkaError) -> (low: Int64, high: Int64) {
        try handle.watermarks(topic: topic, partition: partition, timeout: milliseconds)
    }

    private func check(_ error: OpaquePointer?, _ operation: String) throws(KafkaError) {
        if let error { throw KafkaError(operation, taking: error) }
    }
}
