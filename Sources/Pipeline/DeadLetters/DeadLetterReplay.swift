import KafkaClient
public import Logging
import Records
public import Transform

/// Puts dead letters back: opens each, transforms the record that it holds as the pair does now, and writes what succeeds
/// to the target, in the partition that it would have gone to.
///
/// It reads the dead-letter topic from where the last replay ended (a consumer group of its own) to the end at its start.
/// What still fails goes to the end of the dead-letter topic again, with the reason of now, so that it stays for the next
/// replay. Target, dead letters and position are written in one transaction: nothing is lost or written twice, wherever
/// a replay is killed. Blocks its thread.
public final class DeadLetterReplay {
    /// What a replay did.
    public struct Report: Hashable, Sendable {
        /// Records that are in the target now.
        public var replayed = 0
        /// Dead letters that are still there.
        public var remaining = 0
        /// Offsets that were not looked at; some may be marks of transactions, and no letters.
        public var unread: Int64 = 0

        /// Makes a report.
        public init(replayed: Int = 0, remaining: Int = 0) {
            self.replayed = replayed
            self.remaining = remaining
        }
    }

    /// A dead letter that stays.
    public struct Failure: Sendable {
        /// The source topic of the record; nil where the letter can't be opened.
        public var topic: String?
        /// The record's partition, or the letter's where it can't be opened.
        public var partition: Int32
        /// The record's offset, or the letter's where it can't be opened.
        public var offset: Int64
        /// Why.
        public var error: TransformError
    }

    /// What a replay is made of; made on the thread that runs it.
    public struct Tools {
        /// Makes the transform of a topic's records, given the pair of that topic alone.
        public var makeTransform: (TopicPair) throws -> any RecordTransform
        /// Opens dead letters.
        public var opener: DeadLetterOpener
        /// Seals what stays.
        public var sealer: DeadLetterSealer

        /// Makes tools.
        public init(
            opener: DeadLetterOpener, sealer: DeadLetterSealer,
            makeTransform: @escaping (TopicPair) throws -> any RecordTransform
        ) {
            self.opener = opener
            self.sealer = sealer
            self.makeTransform = makeTransform
        }
    }

    /// What becomes of records of one source topic.
    private struct Route {
        let source: SourceTopic
        let target: ProducerTopic
        let transform: any RecordTransform
    }

    private let pair: TopicPair
    private let rules: DeadLetterRules
    private let tools: Tools
    private let logger: Logger
    /// How long one letter may wait for a KMS or registry, in milliseconds.
    private let patience: Int64
    private let consumer: Consumer
    private let producer: Producer
    private let letters: ProducerTopic
    private let admin: Admin
    private let selection: TopicSelection?
    private var routes: [String: Route] = [:]
    private var isOpen = false
    private var began: Int64 = 0
    private var inTransaction = 0
    private var next: [Int32: Int64] = [:]
    private var report = Report()
    private var isStopRequested: () -> Bool = { false }

    private static let callTimeout = 30_000
    /// When a transaction ends: milliseconds since it began, and letters in it.
    private static let limits: (milliseconds: Int64, letters: Int) = (1_000, 1_000)
    /// How long a call waits at most before it is asked again whether to stop, in milliseconds.
    private static let slice: Int64 = 1_000

    /// Makes ready; nothing is read yet.
    ///
    /// - Parameters:
    ///   - pair: the pair, whose `deadLetters` must be set.
    ///   - patience: how long one letter may wait for a KMS or registry, in milliseconds.
    ///   - logger: where lines go.
    public init(
        pair: TopicPair, tools: Tools, patience: Int64 = 30_000, logger: Logger
    ) throws(PipelineError) {
        guard let policy = pair.deadLetters else {
            throw .configuration(
                pair: pair.name, message: "it has no deadLetterTopic and deadLetterKeySecretId, so no dead letters.")
        }
        self.pair = pair
        self.tools = tools
        self.patience = patience
        self.logger = logger
        rules = policy.rules
        let settings = Self.settings(pair)
        do {
            selection = try pair.makeSelection()
        } catch {
            throw PipelineError.configuration(pair: pair.name, message: "the source is \(error).")
        }
        do throws(KafkaError) {
            let events = ClientEvents.logging(to: logger)
            admin = try Admin(settings: pair.kafka.common, events: events)
            consumer = try Consumer(settings: settings.consumer, events: events)
            producer = try Producer(settings: settings.producer, events: events)
            letters = try producer.open(topic: rules.topic)
        } catch {
            throw .kafka(pair: pair.name, error)
        }
    }

    private static func settings(_ pair: TopicPair) -> (consumer: [String: String], producer: [String: String]) {
        var own = pair
        own.groupID = "\(pair.groupID).replay"
        own.instance = nil
        own.delivery = .exactlyOnce
        var identity = WorkerIdentity(pair: own, number: 0, unique: "")
        // Its own, so that a second replay at the same time fences the first.
        identity.transactionalID = own.groupID
        let settings = WorkerSettings(pair: own, identity: identity, targets: [1_000_000_000])
        let bounded = ["enable.partition.eof": "true", "auto.offset.reset": "earliest"]
        // Letters and records of any size that their topics take.
        let large = ["message.max.bytes": "1000000000", "transaction.timeout.ms": "60000"]
        return (settings.consumer.merging(bounded) { $1 }, settings.producer.merging(large) { $1 })
    }

    /// Replays to the end of the letters.
    ///
    /// - Parameters:
    ///   - isStopRequested: whether to end early, after a commit, with something unread.
    ///   - onProgress: is told how far the replay is, at each commit.
    ///   - tell: is given each letter that stays.
    /// - Returns: what was done; all of it lasts.
    /// - Throws: where Kafka fails, or a KMS or registry does not answer or refuses the letters' key; the next replay goes
    ///   on behind what was committed until then.
    public func run(
        isStopRequested: @escaping () -> Bool = { false }, onProgress: (Report) -> Void = { _ in },
        _ tell: (Failure) -> Void
    ) throws(PipelineError) -> Report {
        self.isStopRequested = isStopRequested
        defer { consumer.close(timeout: 2_000) }
        do throws(PipelineError) {
            let found = try kafka { () throws(KafkaError) in
                try admin.describe(topic: rules.topic, timeout: Self.callTimeout)
            }
            guard let found else { return report }
            try kafka { () throws(KafkaError) in try producer.initTransactions(timeout: Self.callTimeout) }
            try replay(found.partitions, onProgress, tell)
            return report
        } catch {
            if isOpen { try? producer.abortTransaction(timeout: 5_000) }
            throw error
        }
    }

    private func kafka<Result>(_ call: () throws(KafkaError) -> Result) throws(PipelineError) -> Result {
        do throws(KafkaError) {
            return try call()
        } catch {
            if case .fenced = error { throw .fenced(pair: pair.name, name: "\(pair.groupID).replay", error) }
            throw .kafka(pair: pair.name, error)
        }
    }

    // MARK: Reading

    private func replay(
        _ partitions: Int, _ onProgress: (Report) -> Void, _ tell: (Failure) -> Void
    ) throws(PipelineError) {
        var ends: [Int32: Int64] = [:]
        let starts = try kafka { () throws(KafkaError) in try self.starts(partitions, ends: &ends) }
        guard !starts.isEmpty else { return }
        var positions = Dictionary(uniqueKeysWithValues: starts.map { ($0.partition, $0.offset) })
        try kafka { () throws(KafkaError) in try consumer.assign(starts) }
        while !ends.isEmpty, !isStopRequested() {
            let isDue = inTransaction >= Self.limits.letters || MonotonicClock.now() >= began + Self.limits.milliseconds
            if isOpen, isDue {
                try commit()
                report.unread = Self.unread(ends, behind: positions)
                onProgress(report)
            }
            guard let letter = try poll(&ends), let end = ends[letter.partition] else { continue }
            let (partition, offset) = (letter.partition, letter.offset)
            if offset < end { try replay(letter, tell) }
            positions[partition] = offset &+ 1
            // What follows may be no letter but the mark of a transaction's end.
            if offset >= end - 1 { ends[partition] = nil }
        }
        try commit()
        report.unread = Self.unread(ends, behind: positions)
        onProgress(report)
    }

    private static func unread(_ ends: [Int32: Int64], behind positions: [Int32: Int64]) -> Int64 {
        ends.reduce(0) { $0 + max(0, $1.value - (positions[$1.key] ?? $1.value)) }
    }

    /// The next letter; nil where none came yet. A partition whose end is reached leaves `ends`.
    private func poll(_ ends: inout [Int32: Int64]) throws(PipelineError) -> RecordView? {
        do throws(KafkaError) {
            return try consumer.poll(milliseconds: 100)
        } catch {
            guard let failure = error.failure, failure.code == .partitionEnd, let partition = failure.partition else {
                throw .kafka(pair: pair.name, error)
            }
            ends[partition] = nil
            return nil
        }
    }

    /// Where each partition with letters begins; its end goes to `ends`.
    private func starts(_ partitions: Int, ends: inout [Int32: Int64]) throws(KafkaError) -> [TopicPartition] {
        let all = (0..<Int32(clamping: partitions)).map { TopicPartition(topic: rules.topic, partition: $0) }
        var starts: [TopicPartition] = []
        for var partition in try consumer.committed(all, timeout: Self.callTimeout) {
            let marks = try consumer.watermarks(
                topic: rules.topic, partition: partition.partition, timeout: Self.callTimeout)
            partition.offset = max(partition.offset, marks.low)
            guard partition.offset < marks.high else { continue }
            ends[partition.partition] = marks.high
            starts.append(partition)
        }
        return starts
    }

    private func replay(_ letter: RecordView, _ tell: (Failure) -> Void) throws(PipelineError) {
        try begin()
        let record: RecordLine
        do throws(TransformError) {
            record = try waiting(by: tools.opener.obtain) { now throws(TransformError) in
                try tools.opener.open(letter, now: now)
            }
        } catch {
            // A key that is refused closes all letters: to move them would be of no use.
            if error.isTransient || error.reason == .keyRefused { throw .keyService(pair: pair.name, error) }
            tell(Failure(topic: nil, partition: letter.partition, offset: letter.offset, error: error))
            return try keep(letter, in: letter)
        }
        do throws(TransformError) {
            try write(record)
            report.replayed += 1
            advance(letter)
        } catch {
            if error.isTransient { throw .keyService(pair: pair.name, error) }
            let topic = record.topic.map { String(decoding: $0, as: UTF8.self) }
            tell(Failure(topic: topic, partition: record.partition ?? -1, offset: record.offset ?? -1, error: error))
            try reseal(record, error, in: letter)
        }
    }

    private func advance(_ letter: RecordView) {
        next[letter.partition] = letter.offset &+ 1
        inTransaction += 1
    }

    /// Does what may lack a key or a schema, and waits for that as long as is allowed.
    private func waiting<Result>(
        by obtain: (TransformNeed, Int) -> Bool, _ body: (Int64) throws(TransformError) -> Result
    ) throws(TransformError) -> Result {
        let end = MonotonicClock.now() + patience
        while true {
            do throws(TransformError) {
                return try body(MonotonicClock.now())
            } catch {
                let left = end - MonotonicClock.now()
                guard error.isTransient, left > 0, !isStopRequested() else { throw error }
                if let need = error.need, obtain(need, Int(min(left, Self.slice))) { continue }
                MonotonicClock.sleep(milliseconds: min(left, 250))
            }
        }
    }

    // MARK: Writing

    /// Transforms the record that a letter held, and queues what comes out.
    private func write(_ line: RecordLine) throws(TransformError) {
        guard let name = line.topic, let partition = line.partition, line.offset != nil else {
            throw TransformError(.malformedLine, "the dead letter does not say which record it holds")
        }
        let route = try route(of: String(decoding: name, as: UTF8.self))
        guard Int(partition) < route.source.targetPartitions else {
            throw TransformError(.internalError, "topic '\(route.source.target)' has no partition \(partition)")
        }
        let outcome = try line.withRecord(defaultTopic: name) { record throws(TransformError) -> ProduceOutcome in
            var result = try waiting(by: route.transform.obtain) { now throws(TransformError) in
                try route.transform.transform(record, now: now)
            }
            result.partition = partition
            guard result.sizeInBatch <= route.source.maximumMessageBytes else { return .tooLarge }
            return queue(result, to: route.target)
        }
        switch outcome {
        case .queued: return
        case .tooLarge:
            throw TransformError(
                .payloadRefused,
                "the transformed record is larger than max.message.bytes of topic '\(route.source.target)'")
        case .queueFull, .failed:
            throw TransformError(.internalError, "the transformed record can't be queued", isTransient: true)
        }
    }

    private func route(of topic: String) throws(TransformError) -> Route {
        if let route = routes[topic] { return route }
        let target: String
        switch selection?.verdict(on: topic) {
        case .read(let name): target = name
        case nil where topic == pair.source: target = pair.target
        default: throw TransformError(.foreignTopic, "the pair does not read topic '\(topic)'")
        }
        do {
            let resolved = pair.resolved(source: topic, target: target)
            let outcome = try TopicPreparation(pair: resolved, admin: admin, logger: logger).prepare()
            let route = Route(
                source: SourceTopic(resolved, outcome), target: try producer.open(topic: target),
                transform: try tools.makeTransform(resolved))
            routes[topic] = route
            return route
        } catch let error as TransformError {
            throw error
        } catch {
            throw TransformError(.internalError, "the record's topics can't be used: \(error)", isTransient: true)
        }
    }

    /// Puts a record that still fails to the end of the letters, with the reason of now.
    private func reseal(
        _ record: RecordLine, _ cause: TransformError, in letter: RecordView
    ) throws(PipelineError) {
        let origin = DeadLetterOrigin(pair: pair.name, reason: cause.reason.rawValue, field: cause.field)
        let outcome: ProduceOutcome
        do throws(TransformError) {
            outcome = try record.withRecord(defaultTopic: []) { view throws(TransformError) -> ProduceOutcome in
                var again = try waiting(by: tools.sealer.obtain) { now throws(TransformError) in
                    try tools.sealer.seal(view, origin, now: now)
                }
                again.partition = letter.partition
                return queue(again, to: letters)
            }
        } catch {
            throw .keyService(pair: pair.name, error)
        }
        try check(outcome)
        report.remaining += 1
        advance(letter)
    }

    /// Puts a letter that can't be opened to the end of the letters as it is.
    private func keep(_ view: RecordView, in letter: RecordView) throws(PipelineError) {
        var copy = view
        copy.timestamp = 0
        try check(queue(copy, to: letters))
        report.remaining += 1
        advance(letter)
    }

    private func queue(_ record: RecordView, to topic: ProducerTopic) -> ProduceOutcome {
        let end = MonotonicClock.now() + Int64(Self.callTimeout)
        while true {
            let outcome = producer.produce(record, to: topic)
            guard case .queueFull = outcome, MonotonicClock.now() < end else { return outcome }
            producer.poll(milliseconds: 50)
        }
    }

    private func check(_ outcome: ProduceOutcome) throws(PipelineError) {
        switch outcome {
        case .queued: return
        case .queueFull: throw .kafka(pair: pair.name, .noAnswer("queue a dead letter"))
        case .tooLarge: throw .kafka(pair: pair.name, .undelivered(.messageTooLarge))
        case .failed(let error): throw .kafka(pair: pair.name, error)
        }
    }

    // MARK: Transactions

    private func begin() throws(PipelineError) {
        guard !isOpen else { return }
        try kafka { () throws(KafkaError) in try producer.beginTransaction() }
        isOpen = true
        began = MonotonicClock.now()
    }

    private func commit() throws(PipelineError) {
        guard isOpen else { return }
        let offsets = next.map { TopicPartition(topic: rules.topic, partition: $0.key, offset: $0.value) }
        try kafka { () throws(KafkaError) in
            try ExactlyOnceDelivery(producer: producer).commit(
                offsets, consumer: consumer, deadline: MonotonicClock.now() + Int64(Self.callTimeout))
        }
        isOpen = false
        inTransaction = 0
        next = [:]
    }
}
