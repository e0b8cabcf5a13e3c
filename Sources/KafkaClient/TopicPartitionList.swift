internal import CRdKafka

/// Owns an `rd_kafka_topic_partition_list_t` and frees it.
final class TopicPartitionList {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    /// Makes a list of copies of `partitions`.
    init(_ partitions: [TopicPartition]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count))
        for partition in partitions {
            let element = rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition)
            element?.pointee.offset = partition.offset
        }
    }

    /// Takes over a list that librdkafka handed out for the caller to free.
    init(taking pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
        self.pointer = pointer
    }

    deinit {
        rd_kafka_topic_partition_list_destroy(pointer)
    }

    /// Copies of the elements.
    var elements: [TopicPartition] { Self.elements(of: pointer) }

    /// The first element's error, where any has one.
    var firstError: (partition: Int32, code: rd_kafka_resp_err_t)? {
        for index in 0..<Int(pointer.pointee.cnt) {
            let element = pointer.pointee.elems[index]
            if element.err != RD_KAFKA_RESP_ERR_NO_ERROR { return (element.partition, element.err) }
        }
        return nil
    }

    /// Copies of the elements of a list that is only borrowed, as in the rebalance callback.
    static func elements(of pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> [TopicPartition] {
        (0..<Int(pointer.pointee.cnt)).map { index in
            let element = pointer.pointee.elems[index]
            return TopicPartition(
                topic: String(cString: element.topic), partition: element.partition, offset: element.offset)
        }
    }
}
