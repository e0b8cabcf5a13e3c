/// What became of a record given to `Producer.produce`.
public enum ProduceOutcome: Sendable {
    /// The producer has its own copy and will send it.
    case queued
    /// The queue is full: poll the producer and give it the same record again.
    case queueFull
    /// The record is larger than `message.max.bytes`; nothing was queued.
    case tooLarge
    /// Nothing was queued, for another reason.
    case failed(KafkaError)
}
