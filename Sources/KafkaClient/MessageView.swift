internal import CRdKafka
import Records

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads a librdkafka message in place.
enum MessageView {
    /// The record in `message`, without a copy: valid as long as the message is, and until `headers` is used again.
    ///
    /// Null and empty stay distinct. A header's name ends at its first zero byte, since librdkafka gives no length.
    static func record(_ message: UnsafeMutablePointer<rd_kafka_message_t>, headers: HeaderList) -> RecordView {
        let name = rd_kafka_topic_name(message.pointee.rkt)
        return RecordView(
            topic: UnsafeRawBufferPointer(start: name, count: name.map { strlen($0) } ?? 0),
            partition: message.pointee.partition, offset: message.pointee.offset,
            timestamp: rd_kafka_message_timestamp(message, nil),
            key: buffer(message.pointee.key, message.pointee.key_len),
            value: buffer(message.pointee.payload, message.pointee.len),
            headers: readHeaders(of: message, into: headers))
    }

    private static func buffer(_ start: UnsafeMutableRawPointer?, _ count: Int) -> UnsafeRawBufferPointer? {
        start.map { UnsafeRawBufferPointer(start: $0, count: count) }
    }

    private static func readHeaders(
        of message: UnsafeMutablePointer<rd_kafka_message_t>, into list: HeaderList
    ) -> UnsafeBufferPointer<HeaderView> {
        var headers: OpaquePointer?
        guard rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR, let headers else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        list.removeAll()
        var index = 0
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(headers, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            if let name {
                list.append(
                    HeaderView(
                        name: UnsafeRawBufferPointer(start: name, count: strlen(name)),
                        value: value.map { UnsafeRawBufferPointer(start: $0, count: size) }))
            }
            index += 1
        }
        return list.views
    }
}
