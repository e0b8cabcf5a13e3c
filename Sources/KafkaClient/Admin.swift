internal import CRdKafka

/// Asks about topics and changes them: owns an `rd_kafka_t` that neither reads nor writes records.
///
/// Not thread-safe. Every call blocks until the answer or its time-out.
public final class Admin {
    let handle: ClientHandle

    /// Starts a client.
    ///
    /// - Parameters:
    ///   - settings: librdkafka's properties that both kinds of client take.
    ///   - events: where log lines and errors without a call go.
    /// - Throws: `invalidSetting`.
    public init(settings: [String: String], events: ClientEvents = ClientEvents()) throws(KafkaError) {
        var settings = settings
        // Asking about a topic must not create it.
        settings["allow.auto.create.topics"] = "false"
        handle = try ClientHandle(RD_KAFKA_PRODUCER, settings: settings, events: events)
    }

    /// What the cluster tells about itself.
    public func cluster(timeout milliseconds: Int) throws(KafkaError) -> ClusterDescription {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle.pointer, 0, nil, &metadata, Int32(clamping: milliseconds))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
            throw KafkaError("ask for the brokers", code: code)
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        // Answered from the metadata that is there now.
        let id = rd_kafka_clusterid(handle.pointer, Int32(clamping: milliseconds))
        defer { rd_kafka_mem_free(handle.pointer, id) }
        return ClusterDescription(
            id: id.map { String(cString: $0) }, brokers: Int(max(metadata.pointee.broker_cnt, 0)))
    }

    /// What the cluster tells about topic `name`; nil if there is none.
    public func describe(topic name: String, timeout milliseconds: Int) throws(KafkaError) -> TopicDescription? {
        try handle.describe(topic: name, timeout: milliseconds)
    }

    /// All topics of the cluster that can be used now, in no order.
    public func topics(timeout milliseconds: Int) throws(KafkaError) -> [TopicDescription] {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle.pointer, 1, nil, &metadata, Int32(clamping: milliseconds))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
            throw KafkaError("list the topics", code: code)
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        return (0..<Int(max(metadata.pointee.topic_cnt, 0))).compactMap { index in
            let topic = metadata.pointee.topics[index]
            guard topic.err == RD_KAFKA_RESP_ERR_NO_ERROR, topic.partition_cnt > 0, let name = topic.topic else {
                return nil
            }
            return TopicDescription(
                name: String(cString: name), partitions: Int(topic.partition_cnt),
                replicationFactor: Int(topic.partitions[0].replica_cnt))
        }
    }

    /// The settings of topic `name`, by name (Kafka's DescribeConfigs).
    public func settings(
        ofTopic name: String, timeout milliseconds: Int
    ) throws(KafkaError) -> [String: TopicSetting] {
        let request = AdminRequest(
            client: handle.pointer, operation: "read the settings of topic '\(name)'",
            timeoutMilliseconds: milliseconds)
        let resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name)
        defer { rd_kafka_ConfigResource_destroy(resource) }
        return try request.run(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) { options, queue in
            var resources = [resource]
            rd_kafka_DescribeConfigs(handle.pointer, &resources, 1, options, queue)
        } read: { (event) throws(KafkaError) in
            var count = 0
            guard let result = rd_kafka_event_DescribeConfigs_result(event),
                let resources = rd_kafka_DescribeConfigs_result_resources(result, &count), count > 0,
                let found = resources[0]
            else { return [:] }
            let code = rd_kafka_ConfigResource_error(found)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw KafkaError(
                    request.operation, code: code,
                    message: rd_kafka_ConfigResource_error_string(found).map { String(cString: $0) })
            }
            return Self.settings(of: found)
        }
    }

    private static func settings(of resource: OpaquePointer) -> [String: TopicSetting] {
        var count = 0
        guard let entries = rd_kafka_ConfigResource_configs(resource, &count) else { return [:] }
        var settings: [String: TopicSetting] = [:]
        for index in 0..<count {
            guard let entry = entries[index], let name = rd_kafka_ConfigEntry_name(entry),
                let value = rd_kafka_ConfigEntry_value(entry)
            else { continue }
            // Only a source of "topic" was set on the topic itself; brokers before 1.1 tell no source but a flag.
            let source = rd_kafka_ConfigEntry_source(entry)
            let isDefault =
                source == RD_KAFKA_CONFIG_SOURCE_UNKNOWN_CONFIG
                ? rd_kafka_ConfigEntry_is_default(entry) != 0
                : source != RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG
            settings[String(cString: name)] = TopicSetting(value: String(cString: value), isDefault: isDefault)
        }
        return settings
    }

    /// Creates topic `name`.
    ///
    /// - Throws: `failed` with the code `topicAlreadyExists` if another was faster.
    public func create(
        topic name: String, partitions: Int, replicationFactor: Int, settings: [String: String],
        timeout milliseconds: Int
    ) throws(KafkaError) {
        let request = AdminRequest(
            client: handle.pointer, operation: "create topic '\(name)'", timeoutMilliseconds: milliseconds)
        var text = [CChar](repeating: 0, count: 512)
        guard
            let topic = rd_kafka_NewTopic_new(
                name, Int32(clamping: partitions), Int32(clamping: replicationFactor), &text, text.count)
        else { throw KafkaError(request.operation, code: RD_KAFKA_RESP_ERR__INVALID_ARG) }
        defer { rd_kafka_NewTopic_destroy(topic) }
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            _ = rd_kafka_NewTopic_set_config(topic, name, value)
        }
        try request.run(RD_KAFKA_ADMIN_OP_CREATETOPICS) { options, queue in
            var topics: [OpaquePointer?] = [topic]
            rd_kafka_CreateTopics(handle.pointer, &topics, 1, options, queue)
        } read: { (event) throws(KafkaError) in
            var count = 0
            let result = rd_kafka_event_CreateTopics_result(event)
            try request.check(rd_kafka_CreateTopics_result_topics(result, &count), count: count)
        }
    }

    /// Gives topic `name` more partitions, `partitions` in all.
    public func grow(topic name: String, to partitions: Int, timeout milliseconds: Int) throws(KafkaError) {
        let request = AdminRequest(
            client: handle.pointer, operation: "add partitions to topic '\(name)'", timeoutMilliseconds: milliseconds)
        var text = [CChar](repeating: 0, count: 512)
        guard let change = rd_kafka_NewPartitions_new(name, partitions, &text, text.count) else {
            throw KafkaError(request.operation, code: RD_KAFKA_RESP_ERR__INVALID_ARG)
        }
        defer { rd_kafka_NewPartitions_destroy(change) }
        try request.run(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS) { options, queue in
            var changes: [OpaquePointer?] = [change]
            rd_kafka_CreatePartitions(handle.pointer, &changes, 1, options, queue)
        } read: { (event) throws(KafkaError) in
            var count = 0
            let result = rd_kafka_event_CreatePartitions_result(event)
            try request.check(rd_kafka_CreatePartitions_result_topics(result, &count), count: count)
        }
    }

    /// The first and the next offset of a partition, asked of its leader.
    public func watermarks(
        topic: String, partition: Int32, timeout milliseconds: Int
    ) throws(KafkaError) -> (low: Int64, high: Int64) {
        try handle.watermarks(topic: topic, partition: partition, timeout: milliseconds)
    }

    /// Deletes the records of each partition that lie before its offset (Kafka's DeleteRecords); offsets go on as they were.
    public func deleteRecords(
        before partitions: [TopicPartition], timeout milliseconds: Int
    ) throws(KafkaError) {
        let request = AdminRequest(
            client: handle.pointer, operation: "delete records", timeoutMilliseconds: milliseconds)
        let list = TopicPartitionList(partitions)
        let deletion = rd_kafka_DeleteRecords_new(list.pointer)
        defer { rd_kafka_DeleteRecords_destroy(deletion) }
        try request.run(RD_KAFKA_ADMIN_OP_DELETERECORDS) { options, queue in
            var deletions = [deletion]
            rd_kafka_DeleteRecords(handle.pointer, &deletions, 1, options, queue)
        } read: { (event) throws(KafkaError) in
            let result = rd_kafka_event_DeleteRecords_result(event)
            guard let offsets = rd_kafka_DeleteRecords_result_offsets(result) else { return }
            for index in 0..<Int(offsets.pointee.cnt)
            where offsets.pointee.elems[index].err != RD_KAFKA_RESP_ERR_NO_ERROR {
                let element = offsets.pointee.elems[index]
                throw KafkaError(request.operation, code: element.err, partition: element.partition)
            }
        }
    }
}
