internal import CRdKafka

/// What librdkafka's opaque pointer points to: where callbacks find their way back.
///
/// The client handle owns it and outlives every callback. Only `events` is touched by librdkafka's own threads; the
/// rest belongs to the thread that polls.
final class ClientContext {
    let events: ClientEvents
    /// The consumer whose handle this is, if it is one.
    weak var consumer: Consumer?
    /// Who decides about partitions.
    weak var rebalanceDelegate: (any RebalanceDelegate)?
    /// Whether a topic or partition that the client knew is gone.
    var hasLostTopic = false
    /// Delivery failures reported so far.
    var deliveryFailures = 0
    /// The first of them since the last `takeDeliveryFailure`.
    var deliveryFailure: KafkaErrorCode?

    init(events: ClientEvents) {
        self.events = events
    }

    /// The pointer to give to librdkafka; valid as long as the context lives.
    var opaque: UnsafeMutableRawPointer {
        Unmanaged.passUnretained(self).toOpaque()
    }

    static func of(_ opaque: UnsafeMutableRawPointer?) -> ClientContext? {
        opaque.map { Unmanaged<ClientContext>.fromOpaque($0).takeUnretainedValue() }
    }
}
