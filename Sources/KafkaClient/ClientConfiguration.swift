internal import CRdKafka

/// Owns an `rd_kafka_conf_t` until a client takes it over.
final class ClientConfiguration {
    private var pointer: OpaquePointer?

    /// Makes a configuration with `settings` and the callbacks of `context`, which must outlive the client.
    init(_ settings: [String: String], context: ClientContext) throws(KafkaError) {
        let pointer = rd_kafka_conf_new()
        self.pointer = pointer
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            try set(name, to: value)
        }
        rd_kafka_conf_set_opaque(pointer, context.opaque)
        rd_kafka_conf_set_log_cb(pointer) { client, severity, facility, text in
            guard let client, let context = ClientContext.of(rd_kafka_opaque(client)) else { return }
            context.events.log(
                ClientEvents.LogLine(
                    severity: Int(severity), facility: facility.map { String(cString: $0) } ?? "",
                    message: text.map { String(cString: $0) } ?? ""))
        }
        rd_kafka_conf_set_error_cb(pointer) { _, code, reason, opaque in
            let context = ClientContext.of(opaque)
            if KafkaErrorCode(rd_kafka_resp_err_t(code)).isOfUnknownTopic { context?.hasLostTopic = true }
            context?.events.error(
                KafkaError(
                    "keep the connection to the cluster", code: rd_kafka_resp_err_t(code),
                    message: reason.map { String(cString: $0) }))
        }
        rd_kafka_conf_set_stats_cb(pointer) { _, text, count, opaque in
            if let context = ClientContext.of(opaque) {
                context.events.statistics(UnsafeRawBufferPointer(start: text, count: count))
            }
            // librdkafka frees the text.
            return 0
        }
    }

    deinit {
        if let pointer { rd_kafka_conf_destroy(pointer) }
    }

    /// Calls `body` with the pointer, which stays owned by this object.
    func withPointer(_ body: (OpaquePointer) -> Void) {
        if let pointer { body(pointer) }
    }

    /// Makes a client, which takes the configuration over.
    func makeClient(_ type: rd_kafka_type_t) throws(KafkaError) -> OpaquePointer {
        guard let taken = pointer else {
            throw KafkaError.invalidSetting(name: nil, message: "the configuration was used before")
        }
        var text = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(type, taken, &text, text.count) else {
            throw KafkaError.invalidSetting(name: nil, message: Self.string(text))
        }
        pointer = nil
        return client
    }

    private func set(_ name: String, to value: String) throws(KafkaError) {
        var text = [CChar](repeating: 0, count: 512)
        let result = rd_kafka_conf_set(pointer, name, value, &text, text.count)
        guard result == RD_KAFKA_CONF_OK else {
            // librdkafka's own sentence may quote the value, which may be a password.
            let message = result == RD_KAFKA_CONF_UNKNOWN ? "librdkafka has no such property" : "invalid value"
            throw KafkaError.invalidSetting(name: name, message: message)
        }
    }

    private static func string(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
