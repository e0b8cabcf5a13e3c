/// What a client tells while it runs, on whatever thread it happens: no record's content is in it.
public struct ClientEvents: Sendable {
    /// A line of librdkafka's own log.
    public struct LogLine: Sendable {
        /// The syslog severity (RFC 5424): 0 emergency to 7 debug.
        public var severity: Int
        /// librdkafka's name for the subject, for example `FAIL`.
        public var facility: String
        /// The text.
        public var message: String
    }

    /// Called with each line of log, from librdkafka's threads too.
    public var log: @Sendable (LogLine) -> Void
    /// Called with an error that no call returns (brokers down, authentication), on the thread that polls.
    public var error: @Sendable (KafkaError) -> Void
    /// Called with librdkafka's statistics, a JSON object whose bytes are valid during the call, on the thread that polls;
    /// only where the settings have a `statistics.interval.ms`.
    public var statistics: @Sendable (UnsafeRawBufferPointer) -> Void

    /// Makes handlers.
    public init(
        log: @escaping @Sendable (LogLine) -> Void = { _ in },
        error: @escaping @Sendable (KafkaError) -> Void = { _ in },
        statistics: @escaping @Sendable (UnsafeRawBufferPointer) -> Void = { _ in }
    ) {
        self.log = log
        self.error = error
        self.statistics = statistics
    }
}
