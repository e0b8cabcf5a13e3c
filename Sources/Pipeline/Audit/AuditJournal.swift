import Foundation
import KafkaClient
public import Logging
import Records
import Synchronization

/// The audit trail of a process: each event goes to the log, and to a topic where one is configured.
///
/// Events wait in a bounded buffer until the broker has them, and are sent again after a failure: at least once, in
/// order. A thread of its own sends them.
public final class AuditJournal: AuditTrail {
    private struct State {
        var limiter = AuditLimiter()
        var buffer: AuditBuffer
        var events: [AuditEvent.Kind: UInt64] = [:]
        var lostToldAt: Int64?
    }

    private let settings: AuditSettings
    private let instance: String?
    private let logger: Logger
    private let state: Mutex<State>
    private let stopDeadline = Atomic<Int64>(.max)
    private let isStopped = Atomic(false)
    /// How often a full buffer is told of at most, in milliseconds.
    private static let lostInterval: Int64 = 10_000
    private static let batch = 500

    /// Makes a trail; it sends nothing until `start`.
    ///
    /// - Parameters:
    ///   - settings: where events go.
    ///   - instance: the name of the process, if it has one.
    ///   - logger: where each event is a line.
    public init(_ settings: AuditSettings, instance: String? = nil, logger: Logger) {
        self.settings = settings
        self.instance = instance
        self.logger = logger
        state = Mutex(
            State(buffer: AuditBuffer(capacity: settings.bufferEvents, isRequired: settings.isRequired)))
    }

    /// How the trail fares.
    public var status: AuditStatus {
        state.withLock {
            AuditStatus(events: $0.events, waiting: $0.buffer.entries.count, dropped: $0.buffer.dropped)
        }
    }

    /// Whether a required trail has place; one that is not required always takes events.
    public var isAccepting: Bool {
        guard settings.isRequired, settings.topic != nil else { return true }
        return state.withLock { !$0.buffer.isFull }
    }

    /// Takes an event; of a storm of equal ones the first, and a count of the others each minute.
    public func record(_ event: AuditEvent) {
        let now = MonotonicClock.now()
        let lost = state.withLock { state -> UInt64? in
            state.events[event.kind, default: 0] += 1
            guard state.limiter.admits(event, now: now) else { return nil }
            return keep(event, count: 1, in: &state, now: now)
        }
        if let lost { tellLost(lost) }
    }

    /// Takes an event, and waits until the broker has it where the trail is required.
    public func keep(_ event: AuditEvent, within milliseconds: Int64) -> Bool {
        let end = MonotonicClock.now() + milliseconds
        let droppedBefore = state.withLock(\.buffer.dropped)
        record(event)
        guard settings.isRequired, settings.topic != nil else { return true }
        let (mark, dropped) = state.withLock { ($0.buffer.taken, $0.buffer.dropped) }
        guard dropped == droppedBefore else { return false }
        while state.withLock({ $0.buffer.delivered < mark }) {
            guard MonotonicClock.now() < end else { return false }
            MonotonicClock.sleep(milliseconds: 5)
        }
        return true
    }

    /// Puts an event into log and buffer.
    ///
    /// - Returns: how many events found no place so far, where it is time to tell.
    private func keep(_ event: AuditEvent, count: Int, in state: inout State, now: Int64) -> UInt64? {
        let entry = AuditEntry(
            event: event, id: UUID().uuidString.lowercased(),
            time: Int64(Date().timeIntervalSince1970 * 1_000), instance: instance, count: count)
        tell(entry)
        guard settings.topic != nil, !state.buffer.append(entry) else { return nil }
        if let told = state.lostToldAt, now < told + Self.lostInterval { return nil }
        state.lostToldAt = now
        return state.buffer.dropped
    }

    private func tellLost(_ total: UInt64) {
        logger.error(
            "The audit trail's buffer is full; events are in this log alone until the broker takes them",
            metadata: ["topic": "\(settings.topic ?? "")", "total": "\(total)"])
    }

    private func tell(_ entry: AuditEntry) {
        let event = entry.event
        var metadata: Logger.Metadata = ["kind": "\(event.kind.rawValue)", "id": "\(entry.id)"]
        let texts: [(String, String?)] = [
            ("pair", event.pair), ("topic", event.topic), ("partition", event.partition.map { "\($0)" }),
            ("offset", event.offset.map { "\($0)" }), ("reason", event.reason), ("message", event.message),
            ("actor", event.actor), ("purpose", event.purpose), ("count", entry.count > 1 ? "\(entry.count)" : nil),
        ]
        for case (let name, let text?) in texts { metadata[name] = "\(text)" }
        for (name, text) in event.details { metadata["details.\(name)"] = "\(text)" }
        logger.notice("Audit", metadata: metadata)
    }

    // MARK: Sending

    /// Creates the topic where it is missing, and begins to send on a thread of its own.
    ///
    /// - Throws: where the topic can't be had and the trail is required; else that is told in the log and tried again.
    public func start() async throws(PipelineError) {
        guard let topic = settings.topic else { return isStopped.store(true, ordering: .releasing) }
        let settings = settings
        let logger = logger
        let outcome = await WorkerThread.run { () -> Result<Void, PipelineError> in
            Result { () throws(PipelineError) in
                try OwnTopic.audit(named: topic).prepare(settings.kafka, logger: logger)
            }
        }
        if case .failure(let error)? = outcome {
            if settings.isRequired { throw error }
            logger.error("The audit topic can't be prepared; events wait", metadata: ["error": "\(error)"])
        }
        Task { await WorkerThread.run { self.send(to: topic) } }
    }

    /// Sends what waits, for at most `milliseconds`, and ends.
    public func stop(within milliseconds: Int64) async {
        stopDeadline.store(MonotonicClock.now() + milliseconds, ordering: .releasing)
        await WorkerThread.run {
            let end = MonotonicClock.now() + milliseconds + 1_000
            while !self.isStopped.load(ordering: .acquiring), MonotonicClock.now() < end {
                MonotonicClock.sleep(milliseconds: 10)
            }
        }
        let waiting = status.waiting
        if waiting > 0 {
            logger.error("Audit events did not reach their topic", metadata: ["events": "\(waiting)"])
        }
    }

    private func send(to topic: String) {
        defer { isStopped.store(true, ordering: .releasing) }
        var failures = 0
        while true {
            do {
                try deliver(to: topic)
                return
            } catch {
                failures += 1
                logger.warning("Audit events can't be sent; they wait", metadata: ["error": "\(error)"])
                let pause = MonotonicClock.now() + Backoff().delay(after: failures, random: .random(in: 0 ... .max))
                while MonotonicClock.now() < pause {
                    if MonotonicClock.now() >= stopDeadline.load(ordering: .acquiring) { return }
                    MonotonicClock.sleep(milliseconds: 50)
                }
            }
        }
    }

    /// Sends until a stop is requested and nothing waits, with one producer.
    private func deliver(to topic: String) throws(KafkaError) {
        let producer = try Producer(settings: OwnTopic.producerSettings(settings.kafka), events: .logging(to: logger))
        defer { producer.purge() }
        let opened = try producer.open(topic: topic)
        while true {
            let deadline = stopDeadline.load(ordering: .acquiring)
            summarize(all: deadline != .max)
            let entries = state.withLock { Array($0.buffer.first(Self.batch)) }
            if entries.isEmpty {
                if deadline != .max { return }
                producer.poll(milliseconds: 100)
                if let fatal = producer.fatalError { throw fatal }
                continue
            }
            try deliver(entries, with: producer, to: opened, deadline: deadline)
            state.withLock { $0.buffer.removeFirst(entries.count) }
        }
    }

    private func deliver(
        _ entries: [AuditEntry], with producer: Producer, to topic: ProducerTopic, deadline: Int64
    ) throws(KafkaError) {
        let failuresBefore = producer.deliveryFailures
        for entry in entries { try queue(entry, with: producer, to: topic, deadline: deadline) }
        while !producer.flush(milliseconds: 500) {
            if producer.deliveryFailures != failuresBefore || MonotonicClock.now() >= deadline { break }
        }
        guard producer.deliveryFailures == failuresBefore, producer.flush(milliseconds: 0) else {
            throw KafkaError.undelivered(producer.takeDeliveryFailure() ?? .timedOut)
        }
    }

    private func queue(
        _ entry: AuditEntry, with producer: Producer, to topic: ProducerTopic, deadline: Int64
    ) throws(KafkaError) {
        let json = entry.json
        while true {
            let outcome = json.withUnsafeBytes { value in
                producer.produce(
                    RecordView(
                        topic: UnsafeRawBufferPointer(start: nil, count: 0), partition: 0, offset: 0,
                        timestamp: entry.time, key: nil, value: value,
                        headers: UnsafeBufferPointer(start: nil, count: 0)), to: topic)
            }
            switch outcome {
            case .queued: return
            case .queueFull where MonotonicClock.now() < deadline: producer.poll(milliseconds: 50)
            case .queueFull: throw KafkaError.undelivered(.queueFull)
            case .tooLarge:
                // The log has it in full; nothing would ever make the topic take it.
                logger.error("An audit event is too large for its topic", metadata: ["id": "\(entry.id)"])
                return
            case .failed(let error): throw error
            }
        }
    }

    private func summarize(all: Bool) {
        let now = MonotonicClock.now()
        let lost = state.withLock { state -> UInt64? in
            var lost: UInt64?
            for summary in state.limiter.due(now: now, all: all) {
                lost = keep(summary.event, count: summary.count, in: &state, now: now) ?? lost
            }
            return lost
        }
        if let lost { tellLost(lost) }
    }
}
