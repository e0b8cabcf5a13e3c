import Pipeline

/// The keys of `audit`.
enum AuditKeys {
    static let topic = Setting(
        "topic", .topic, .required,
        "The topic that events go to, on the brokers of the top-level `kafka`; made when it is missing: one partition, 30 days."
    )
    static let required = Setting(
        "required", .boolean, .defaulted(false),
        "Whether all pairs stand still rather than go on while the topic can't take events and the buffer is full.")
    static let bufferEvents = Setting(
        "bufferEvents", .integer(1...1_000_000), .defaulted(AuditSettings.defaultBufferEvents),
        "How many events wait for the broker. Beyond that they are in the log alone, or pairs stand still.")

    static let section = Section(
        "audit", "Who did what, and what went wrong, as events in a topic. Without it they are in the log alone.",
        [topic, required, bufferEvents])
}
