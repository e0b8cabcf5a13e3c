internal import CRdKafka
public import Records

/// A member of a consumer group: owns one `rd_kafka_t` of the consumer kind.
///
/// Not thread-safe: one thread polls, assigns and closes it. At most one message is in hand: the record that `poll`
/// returned, whose bytes are valid until the next `poll` or `close`.
public final class Consumer {
    private let handle: ClientHandle
    private let headers = HeaderList()
    private var message: UnsafeMutablePointer<rd_kafka_message_t>?

    /// Starts a consumer.
    ///
    /// - Parameters:
    ///   - settings: librdkafka's properties, `group.id` among them.
    ///   - events: where log lines and errors without a call go.
    /// - Throws: `invalidSetting`.
    public init(settings: [String: String], events: ClientEvents = ClientEvents()) throws(KafkaError) {
        handle = try ClientHandle(RD_KAFKA_CONSUMER, settings: settings, events: events) { configuration in
            rd_kafka_conf_set_rebalance_cb(configuration) { client, code, partitions, opaque in
                guard let client, let partitions, let context = ClientContext.of(opaque) else { return }
                Consumer.rebalance(client, code, partitions, context)
            }
        }
        handle.context.consumer = self
        // Messages, rebalances and errors all come out of `poll`.
        rd_kafka_poll_set_consumer(handle.pointer)
    }

    deinit {
        releaseMessage()
    }

    /// Who decides about partitions; held weakly. Without one, partitions are taken as they come.
    public var rebalanceDelegate: (any RebalanceDelegate)? {
        get { handle.context.rebalanceDelegate }
        set { handle.context.rebalanceDelegate = newValue }
    }

    /// The error that made this consumer unusable, if one did.
    public var fatalError: KafkaError? { handle.fatalError }

    /// Joins the group for `topics`; what it was joined for before is revoked. Topics that are not there are not created.
    public func subscribe(to topics: [String]) throws(KafkaError) {
        let list = TopicPartitionList(topics.map { TopicPartition(topic: $0, partition: -1) })
        try check(rd_kafka_subscribe(handle.pointer, list.pointer), "subscribe to \(topics)")
    }

    /// Leaves the group, static members too, once the revocation has been served by `poll`.
    public func unsubscribe() throws(KafkaError) {
        try check(rd_kafka_unsubscribe(handle.pointer), "unsubscribe")
    }

    /// Waits for the next record at most `milliseconds`, serving rebalances meanwhile.
    ///
    /// - Returns: a record whose bytes are valid until the next `poll` or `close`; nil if none came.
    /// - Throws: an error of the consumer, or of one partition (then `failure.partition` is set).
    public func poll(milliseconds: Int) throws(KafkaError) -> RecordView? {
        releaseMessage()
        guard let next = rd_kafka_consumer_poll(handle.pointer, Int32(clamping: milliseconds)) else { return nil }
        message = next
        if next.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR { throw failure(of: next) }
        return MessageView.record(next, headers: headers)
    }

    private func failure(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> KafkaError {
        if message.pointee.err == RD_KAFKA_RESP_ERR__FATAL, let fatal = fatalError { return fatal }
        let hasPartition = message.pointee.rkt != nil && message.pointee.partition >= 0
        return KafkaError(
            "read from Kafka", code: message.pointee.err,
            message: rd_kafka_message_errstr(message).map { String(cString: $0) },
            topic: hasPartition ? rd_kafka_topic_name(message.pointee.rkt).map { String(cString: $0) } : nil,
            partition: hasPartition ? message.pointee.partition : nil)
    }

    private func releaseMessage() {
        if let message { rd_kafka_message_destroy(message) }
        message = nil
    }

    /// Replaces the assignment by `partitions`, each read from its offset.
    public func assign(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = TopicPartitionList(partitions)
        try check(rd_kafka_assign(handle.pointer, list.pointer), "assign partitions")
    }

    /// Gives up the assignment.
    public func unassign() throws(KafkaError) {
        try check(rd_kafka_assign(handle.pointer, nil), "give up the assignment")
    }

    /// Whether the partitions being revoked may belong to others already, so that nothing of them may be committed.
    public var isAssignmentLost: Bool {
        rd_kafka_assignment_lost(handle.pointer) != 0
    }

    /// Stops fetching from `partitions` and drops what was fetched ahead.
    public func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = TopicPartitionList(partitions)
        try check(rd_kafka_pause_partitions(handle.pointer, list.pointer), "pause partitions")
        try check(list, "pause a partition")
    }

    /// Fetches from `partitions` again.
    public func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = TopicPartitionList(partitions)
        try check(rd_kafka_resume_partitions(handle.pointer, list.pointer), "resume partitions")
        try check(list, "resume a partition")
    }

    /// Goes on reading each partition from its offset.
    ///
    /// - Throws: `failed` with the code `state` where a partition is not being fetched. librdkafka 2.0.2 may say
    ///   `timedOut` too early: the same seek may be repeated.
    public func seek(_ partitions: [TopicPartition], timeout milliseconds: Int) throws(KafkaError) {
        let list = TopicPartitionList(partitions)
        if let error = rd_kafka_seek_partitions(handle.pointer, list.pointer, Int32(clamping: milliseconds)) {
            throw KafkaError("seek", taking: error)
        }
        try check(list, "seek in a partition")
    }

    /// The group's committed offsets of `partitions`, `noOffset` where there is none.
    ///
    /// - Throws: `unreachable` also while another member's transaction on these offsets is pending.
    public func committed(
        _ partitions: [TopicPartition], timeout milliseconds: Int
    ) throws(KafkaError) -> [TopicPartition] {
        let list = TopicPartitionList(partitions)
        let operation = "read the group's committed offsets"
        try check(rd_kafka_committed(handle.pointer, list.pointer, Int32(clamping: milliseconds)), operation)
        try check(list, operation)
        return list.elements
    }

    /// Commits the offsets of `partitions` outside of any transaction and waits for the answer.
    ///
    /// - Throws: `unreachable` if there is none in time; the offsets may be committed all the same.
    public func commit(_ partitions: [TopicPartition], timeout milliseconds: Int) throws(KafkaError) {
        let operation = "commit offsets"
        let list = TopicPartitionList(partitions)
        // rd_kafka_commit would wait for a coordinator without end.
        let queue = rd_kafka_queue_new(handle.pointer)
        defer { rd_kafka_queue_destroy(queue) }
        try check(rd_kafka_commit_queue(handle.pointer, list.pointer, queue, nil, nil), operation)
        guard let event = rd_kafka_queue_poll(queue, Int32(clamping: milliseconds)) else {
            throw KafkaError.noAnswer(operation)
        }
        defer { rd_kafka_event_destroy(event) }
        try check(rd_kafka_event_error(event), operation)
        guard let answer = rd_kafka_event_topic_partition_list(event) else { return }
        for index in 0..<Int(answer.pointee.cnt) where answer.pointee.elems[index].err != RD_KAFKA_RESP_ERR_NO_ERROR {
            let element = answer.pointee.elems[index]
            throw KafkaError(operation, code: element.err, partition: element.partition)
        }
    }

    /// The first offset of each partition at or after the time (milliseconds since the Unix epoch) that stands in its
    /// `offset`; -1 where the partition has none.
    public func offsets(
        forTimes partitions: [TopicPartition], timeout milliseconds: Int
    ) throws(KafkaError) -> [TopicPartition] {
        let list = TopicPartitionList(partitions)
        let operation = "look up offsets by time"
        try check(rd_kafka_offsets_for_times(handle.pointer, list.pointer, Int32(clamping: milliseconds)), operation)
        try check(list, operation)
        return list.elements
    }

    /// The first and the next offset of a partition, asked of its leader.
    public func watermarks(
        topic: String, partition: Int32, timeout milliseconds: Int
    ) throws(KafkaError) -> (low: Int64, high: Int64) {
        try handle.watermarks(topic: topic, partition: partition, timeout: milliseconds)
    }

    /// The member's place in the group now; nil before it has joined one.
    public func groupMetadata() -> GroupMetadata? {
        rd_kafka_consumer_group_metadata(handle.pointer).map(GroupMetadata.init(taking:))
    }

    /// Revokes what is assigned (through the delegate) and stops; a dynamic member leaves its group.
    ///
    /// - Parameter milliseconds: how long to wait for the coordinator; after that the group finds out by itself.
    public func close(timeout milliseconds: Int = 10_000) {
        releaseMessage()
        let queue = rd_kafka_queue_new(handle.pointer)
        defer { rd_kafka_queue_destroy(queue) }
        if let error = rd_kafka_consumer_close_queue(handle.pointer, queue) {
            handle.context.events.error(KafkaError("close the consumer", taking: error))
            return
        }
        let deadline = ContinuousClock.now.advanced(by: .milliseconds(milliseconds))
        while rd_kafka_consumer_closed(handle.pointer) == 0, ContinuousClock.now < deadline {
            serveClosing(queue)
        }
        // librdkafka 2.0.2 waits for ever for the partitions of a topic that was deleted while it read them.
        if rd_kafka_consumer_closed(handle.pointer) == 0 || handle.context.hasLostTopic { handle.destroyInBackground() }
    }

    /// Serves one event of a consumer that is closing. Not by callbacks: librdkafka 2.0.2 aborts the process where a record
    /// that was fetched ahead is in that queue.
    private func serveClosing(_ queue: OpaquePointer?) {
        guard let event = rd_kafka_queue_poll(queue, 50) else { return }
        defer { rd_kafka_event_destroy(event) }
        if rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE,
            let partitions = rd_kafka_event_topic_partition_list(event)
        {
            Self.rebalance(handle.pointer, rd_kafka_event_error(event), partitions, handle.context)
        }
    }

    private func check(_ code: rd_kafka_resp_err_t, _ operation: @autoclosure () -> String) throws(KafkaError) {
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(operation(), code: code) }
    }

    private func check(_ list: TopicPartitionList, _ operation: String) throws(KafkaError) {
        if let error = list.firstError { throw KafkaError(operation, code: error.code, partition: error.partition) }
    }

    private static func rebalance(
        _ client: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>, _ context: ClientContext
    ) {
        let isAssignment = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS
        guard let consumer = context.consumer, let delegate = context.rebalanceDelegate else {
            _ = rd_kafka_assign(client, isAssignment ? partitions : nil)
            return
        }
        let elements = TopicPartitionList.elements(of: partitions)
        if isAssignment {
            delegate.consumer(consumer, assigned: elements)
        } else if code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS {
            delegate.consumer(consumer, revoked: elements)
        } else {
            context.events.error(KafkaError("rebalance", code: code))
            _ = rd_kafka_assign(client, nil)
        }
    }
}
