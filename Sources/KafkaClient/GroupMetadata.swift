internal import CRdKafka

/// A member's place in its group at one moment, for `Producer.sendOffsets` (KIP-447).
///
/// Owns an `rd_kafka_consumer_group_metadata_t`.
public final class GroupMetadata {
    let pointer: OpaquePointer

    init(taking pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        rd_kafka_consumer_group_metadata_destroy(pointer)
    }
}
