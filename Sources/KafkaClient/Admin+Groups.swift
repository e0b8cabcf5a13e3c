internal import CRdKafka

extension Admin {
    /// All consumer groups that this client may see (Kafka's ListGroups, asked of every broker).
    ///
    /// A broker leaves out what the client may not describe, without saying so.
    public func groups(timeout milliseconds: Int) throws(KafkaError) -> ConsumerGroupListing {
        let request = AdminRequest(
            client: handle.pointer, operation: "list the consumer groups", timeoutMilliseconds: milliseconds)
        return try request.run(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS) { options, queue in
            rd_kafka_ListConsumerGroups(handle.pointer, options, queue)
        } read: { (event) throws(KafkaError) in
            let result = rd_kafka_event_ListConsumerGroups_result(event)
            var count = 0
            let listings = rd_kafka_ListConsumerGroups_result_valid(result, &count)
            let groups = (0..<count).compactMap { index -> ConsumerGroup? in
                guard let listing = listings?[index], let id = rd_kafka_ConsumerGroupListing_group_id(listing) else {
                    return nil
                }
                return ConsumerGroup(
                    id: String(cString: id), state: .init(rd_kafka_ConsumerGroupListing_state(listing)))
            }
            var failed = 0
            let errors = rd_kafka_ListConsumerGroups_result_errors(result, &failed)
            let failures = (0..<failed).compactMap { errors?[$0].map { request.error($0) } }
            return ConsumerGroupListing(groups: groups, failures: failures)
        }
    }

    /// The groups of these names with their members' partitions (Kafka's DescribeGroups); one that is not there is
    /// `dead`, and one that can't be described has an error in its place.
    ///
    /// - Parameter names: distinct names, not too many at once: each is a request of its own.
    public func describe(
        groups names: [String], timeout milliseconds: Int
    ) throws(KafkaError) -> [String: Result<ConsumerGroup, KafkaError>] {
        guard !names.isEmpty else { return [:] }
        let request = AdminRequest(
            client: handle.pointer, operation: "describe consumer groups", timeoutMilliseconds: milliseconds)
        return try withCStrings(names) { (pointers) throws(KafkaError) in
            try request.run(RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS) { options, queue in
                var list = pointers
                rd_kafka_DescribeConsumerGroups(handle.pointer, &list, list.count, options, queue)
            } read: { (event) throws(KafkaError) in
                let result = rd_kafka_event_DescribeConsumerGroups_result(event)
                var count = 0
                let groups = rd_kafka_DescribeConsumerGroups_result_groups(result, &count)
                var described: [String: Result<ConsumerGroup, KafkaError>] = [:]
                for index in 0..<count {
                    guard let group = groups?[index], let id = rd_kafka_ConsumerGroupDescription_group_id(group) else {
                        continue
                    }
                    let name = String(cString: id)
                    if let error = rd_kafka_ConsumerGroupDescription_error(group) {
                        described[name] = .failure(request.error(error))
                    } else {
                        described[name] = .success(Self.group(name, group))
                    }
                }
                return described
            }
        }
    }

    private static func group(_ name: String, _ description: OpaquePointer) -> ConsumerGroup {
        var assignments: [TopicPartition] = []
        for index in 0..<rd_kafka_ConsumerGroupDescription_member_count(description) {
            guard let member = rd_kafka_ConsumerGroupDescription_member(description, index),
                let assignment = rd_kafka_MemberDescription_assignment(member),
                let partitions = rd_kafka_MemberAssignment_partitions(assignment)
            else { continue }
            assignments += TopicPartitionList.elements(of: UnsafeMutablePointer(mutating: partitions))
        }
        return ConsumerGroup(
            id: name, state: .init(rd_kafka_ConsumerGroupDescription_state(description)), assignments: assignments)
    }

    /// The committed offsets of a group for `partitions`, `noOffset` where it has none (Kafka's OffsetFetch).
    ///
    /// Offsets in a transaction that is still open do not count.
    public func committedOffsets(
        ofGroup name: String, _ partitions: [TopicPartition], timeout milliseconds: Int
    ) throws(KafkaError) -> [TopicPartition] {
        guard !partitions.isEmpty else { return [] }
        let request = AdminRequest(
            client: handle.pointer, operation: "read the committed offsets of group '\(name)'",
            timeoutMilliseconds: milliseconds)
        let list = TopicPartitionList(partitions)
        let question = rd_kafka_ListConsumerGroupOffsets_new(name, list.pointer)
        defer { rd_kafka_ListConsumerGroupOffsets_destroy(question) }
        return try request.run(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS) { options, queue in
            var questions = [question]
            rd_kafka_ListConsumerGroupOffsets(handle.pointer, &questions, 1, options, queue)
        } read: { (event) throws(KafkaError) in
            let result = rd_kafka_event_ListConsumerGroupOffsets_result(event)
            var count = 0
            guard let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count), count > 0,
                let group = groups[0]
            else { throw KafkaError(request.operation, code: RD_KAFKA_RESP_ERR__BAD_MSG) }
            if let error = rd_kafka_group_result_error(group) { throw request.error(error) }
            guard let offsets = rd_kafka_group_result_partitions(group) else { return [] }
            for index in 0..<Int(offsets.pointee.cnt)
            where offsets.pointee.elems[index].err != RD_KAFKA_RESP_ERR_NO_ERROR {
                let element = offsets.pointee.elems[index]
                throw KafkaError(request.operation, code: element.err, partition: element.partition)
            }
            return TopicPartitionList.elements(of: UnsafeMutablePointer(mutating: offsets)).map { found in
                var found = found
                if found.offset < 0 { found.offset = TopicPartition.noOffset }
                return found
            }
        }
    }

    /// Lends the texts as C strings.
    private func withCStrings<Answer>(
        _ texts: [String], _ body: ([UnsafePointer<CChar>?]) throws(KafkaError) -> Answer
    ) throws(KafkaError) -> Answer {
        let copies = texts.map { text in
            let bytes = Array(text.utf8CString)
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            copy.initialize(from: bytes, count: bytes.count)
            return copy
        }
        defer { copies.forEach { $0.deallocate() } }
        return try body(copies.map { UnsafePointer($0) })
    }
}
