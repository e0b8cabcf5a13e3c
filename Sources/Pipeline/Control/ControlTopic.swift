public import Logging
public import ServiceLifecycle
import Synchronization

/// The control topic as a store: follows the topic on a thread of its own, and writes to it.
///
/// Any process that may write to the topic can pause a pair or have a record left out, so that the topic's permissions
/// are those of an operator.
///
/// As a `Service` it runs until graceful shutdown.
public final class ControlTopic: ControlStore, Service {
    private struct Known {
        var state = ControlState()
        var requests: [ControlRequest] = []
        /// Why the topic is not followed any more.
        var failure: PipelineError?
    }

    /// The topic's name.
    public let topic: String
    private let kafka: TopicPair.KafkaSettings
    private let logger: Logger
    private let known = Mutex(Known())
    private let changes = Atomic<Int>(0)
    private let hasReachedEnd = Atomic<Bool>(false)
    private let isStopRequested = Atomic<Bool>(false)
    /// How often whoever waits looks, in milliseconds.
    private static let glance: Int64 = 5

    /// Makes a store; nothing is asked of Kafka before `run` or `open`.
    ///
    /// - Parameters:
    ///   - topic: the topic's name.
    ///   - kafka: how the brokers are reached.
    ///   - logger: where its lines go.
    public init(topic: String, kafka: TopicPair.KafkaSettings, logger: Logger) {
        self.topic = topic
        self.kafka = kafka
        var logger = logger
        logger[metadataKey: "topic"] = "\(topic)"
        self.logger = logger
    }

    /// What is known, as of the last record read.
    public var state: ControlState { known.withLock { $0.state } }

    /// Goes up with every change of `state`, and when the end is first reached.
    public var version: Int { changes.load(ordering: .acquiring) }

    /// Whether the topic has been read to its end since the start.
    public var isCaughtUp: Bool { hasReachedEnd.load(ordering: .acquiring) }

    // MARK: Life

    /// Follows the topic until graceful shutdown, cancellation or `stop`.
    ///
    /// - Throws: `topic` where the topic can't be a control topic, `topicCall` where Kafka refuses.
    public func run() async throws {
        let result = try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                await WorkerThread.run { self.follow() }
            } onGracefulShutdown: {
                self.stop()
            }
        } onCancel: {
            self.stop()
        }
        guard let result else { throw PipelineError.topic(topic, message: "no thread can be started to follow it.") }
        try result.get()
    }

    /// Follows the topic on a thread of its own until `stop`, and returns when it has been read to its end: for a command
    /// that says one thing and ends.
    ///
    /// - Throws: what `run` throws, or `topicCall` where it takes longer than `milliseconds`.
    public func open(within milliseconds: Int) throws(PipelineError) {
        let end = MonotonicClock.now() + Int64(milliseconds)
        guard WorkerThread.start({ _ = self.follow() }) else {
            throw .topic(topic, message: "no thread can be started to follow it.")
        }
        while !isCaughtUp {
            if let failure = known.withLock({ $0.failure }) { throw failure }
            guard MonotonicClock.now() < end else { throw .topicCall(topic, .noAnswer("read the control topic")) }
            MonotonicClock.sleep(milliseconds: Self.glance)
        }
    }

    /// Lets go of the topic soon.
    public func stop() {
        isStopRequested.store(true, ordering: .releasing)
    }

    private func follow() -> Result<Void, PipelineError> {
        let result = ControlFollower(topic: topic, kafka: kafka, logger: logger, store: self).run()
        if case .failure(let error) = result { known.withLock { $0.failure = error } }
        return result
    }

    // MARK: Writing

    /// Writes an entry for everyone, and waits until it was read back.
    public func put(_ entry: ControlEntry, within milliseconds: Int) throws(PipelineError) {
        guard let value = ControlRecord.value(of: entry), ControlEntry.Key(parsing: entry.key.text) == entry.key else {
            throw .topic(topic, message: "the entry '\(entry.key.text)' is too long, or its names hold a '/'.")
        }
        try write(ControlRequest(key: entry.key, value: value), within: milliseconds)
    }

    /// Takes an entry back for everyone, and waits until that was read back.
    public func remove(_ key: ControlEntry.Key, within milliseconds: Int) throws(PipelineError) {
        try write(ControlRequest(key: key, value: nil), within: milliseconds)
    }

    /// Takes an entry back for everyone, without waiting.
    public func removeSoon(_ key: ControlEntry.Key) {
        submit(ControlRequest(key: key, value: nil))
    }

    private func submit(_ request: ControlRequest) {
        known.withLock { $0.requests.append(request) }
    }

    private func write(_ request: ControlRequest, within milliseconds: Int) throws(PipelineError) {
        let end = MonotonicClock.now() + Int64(milliseconds)
        submit(request)
        while true {
            switch request.progress {
            case .lasting: return
            case .failed(let code): throw .topicCall(topic, .undelivered(code))
            case .waiting, .sent, .abandoned: break
            }
            guard MonotonicClock.now() < end else {
                request.note(.abandoned)
                throw .topicCall(topic, .noAnswer("see the entry in the control topic, where it may be all the same"))
            }
            MonotonicClock.sleep(milliseconds: Self.glance)
        }
    }

    // MARK: For the follower

    /// Whether the follower is to end.
    var mustStop: Bool { isStopRequested.load(ordering: .acquiring) }

    /// Hands over what is to be written.
    func takeRequests() -> [ControlRequest] {
        known.withLock { known in
            defer { known.requests = [] }
            return known.requests
        }
    }

    /// The topic has been read to its end, and this is what it says.
    func publish(_ state: ControlState) {
        let hasChanged = known.withLock { known in
            defer { known.state = state }
            return known.state != state
        }
        let isFirst = !hasReachedEnd.exchange(true, ordering: .acquiringAndReleasing)
        if hasChanged || isFirst { changes.add(1, ordering: .releasing) }
    }
}
