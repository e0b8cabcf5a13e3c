/// What workers need to know of a dead-letter topic.
struct DeadLetterPlace: Equatable, Sendable {
    /// How many partitions it has.
    var partitions: Int
    /// Its `max.message.bytes`.
    var maximumMessageBytes: Int
}
