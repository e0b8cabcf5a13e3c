import KafkaClient
import Records
import Transform

/// The life of one consumer and one producer: polls, and does what the state machine says.
///
/// Belongs to its worker's thread. Rebalances are served inside `Consumer.poll`, so between two polls nothing changes
/// but what this thread does.
final class WorkerSession {
    let task: WorkerTask
    let control: WorkerControl
    let log: WorkerLog
    let topics: TopicTable
    /// What seals dead letters; nil where the pair has none.
    let letters: DeadLetterSealer?
    let settings: WorkerSettings
    let consumer: Consumer
    let producer: Producer
    /// The topics that records go to, by the index of their source in `topics`.
    private var targets: [ProducerTopic?] = []
    let delivery: any DeliveryMode
    var machine: WorkerStateMachine
    var counters: WorkerStatus.Counters
    /// Why the session is to end, once it is.
    var end: SessionEnd?
    /// The time of the last look at the clock.
    var now = MonotonicClock.now()
    /// When a record that went on unopened was told of last.
    var passedOnToldAt: Int64 = -WorkerSession.passedOnInterval
    /// When a dead letter was told of last.
    var deadLetterToldAt: Int64 = -WorkerSession.passedOnInterval
    private var openedLetterTopic: ProducerTopic?
    /// How often such records are told of at most, in milliseconds.
    static let passedOnInterval: Int64 = 10_000
    /// When keys whose time is over were let go last.
    private var releasedAt: Int64 = -WorkerSession.releaseInterval
    /// How often that is done at most, in milliseconds.
    private static let releaseInterval: Int64 = 1_000
    /// Offsets to go back to after an abort inside the rebalance callback; the record that the same poll returns is stale.
    var seeksAfterPoll: WorkerStateMachine.AbortPlan?
    var isInRebalance = false
    /// What halted partitions wait for.
    var needs: [Int32: TransformNeed] = [:]
    /// The partitions of `needs` that wait for the key of dead letters.
    var letterNeeds: Set<Int32> = []
    /// Why all partitions stand still, if they do, and the version of the pair's activity that this was.
    var idleCause: IdleCause?
    var seenActivity = -1
    private var droppedBefore: UInt64 = 0
    /// What the consumer is subscribed to, and the version of the sources that this was.
    private var subscription: [String] = []
    private var subscribedVersion = -1

    init(
        task: WorkerTask, control: WorkerControl, log: WorkerLog, topics: TopicTable, letters: DeadLetterSealer?,
        machine: WorkerStateMachine
    ) throws(KafkaError) {
        self.task = task
        self.control = control
        self.log = log
        self.topics = topics
        self.letters = letters
        self.machine = machine
        counters = control.status.counters
        settings = WorkerSettings(
            pair: task.pair, identity: task.identity, targets: task.sources.all.flatMap(\.messageLimits))
        producer = try Producer(
            settings: settings.producer, events: log.clientEvents.reporting(to: control.statistics, of: .producer))
        consumer = try Consumer(
            settings: settings.consumer, events: log.clientEvents.reporting(to: control.statistics, of: .consumer))
        delivery =
            task.pair.delivery == .exactlyOnce
            ? ExactlyOnceDelivery(producer: producer) : AtLeastOnceDelivery(producer: producer)
        droppedBefore = machine.droppedRecords
        consumer.rebalanceDelegate = self
    }

    /// Works until a stop is requested or the clients are of no use any more.
    func run() -> SessionEnd {
        start()
        while end == nil {
            if control.isStopRequested {
                end = .stopped
            } else {
                step()
            }
        }
        leave()
        return end ?? .stopped
    }

    /// The transactional id is taken before the group is joined: what a dead owner left open is ended by then.
    private func start() {
        do {
            if task.pair.delivery == .exactlyOnce { try takeTransactionalID() }
            guard !control.isStopRequested else { return end = .stopped }
            try subscribe()
            control.publish { $0.isRunning = true }
        } catch {
            recover(from: error)
        }
    }

    private func takeTransactionalID() throws(KafkaError) {
        while !control.isStopRequested {
            do {
                return try producer.initTransactions(timeout: 5_000)
            } catch {
                guard error.failure?.isRetriable == true else { throw error }
                log.kafka(error)
            }
        }
    }

    /// Subscribes to what the pair reads now; partitions of what it reads no more are revoked, and their records committed.
    private func subscribe() throws(KafkaError) {
        subscribedVersion = task.sources.version
        let names = task.sources.names
        guard names != subscription else { return }
        subscription = names
        if names.isEmpty {
            try consumer.unsubscribe()
        } else {
            try consumer.subscribe(to: names)
        }
    }

    private func followSources() {
        do {
            try subscribe()
        } catch {
            recover(from: error)
        }
    }

    /// Where the records of a source go.
    ///
    /// - Parameter index: the source's index in `topics`.
    func target(at index: Int) throws(KafkaError) -> ProducerTopic {
        if index < targets.count, let target = targets[index] { return target }
        while targets.count <= index { targets.append(nil) }
        let target = try producer.open(topic: topics.source(at: index).target)
        targets[index] = target
        return target
    }

    /// The dead-letter topic; only where the pair has one.
    func letterTopic() throws(KafkaError) -> ProducerTopic {
        if let openedLetterTopic { return openedLetterTopic }
        let topic = try producer.open(topic: task.pair.deadLetters?.rules.topic ?? "")
        openedLetterTopic = topic
        return topic
    }

    private func step() {
        if task.sources.version != subscribedVersion { followSources() }
        if task.services.activity.version != seenActivity {
            followActivity()
            guard end == nil else { return }
        }
        switch machine.tick(now: now) {
        case .commit: commit()
        case .retry(let partition): retry(partition)
        case .poll(let milliseconds): poll(milliseconds)
        }
    }

    /// Where no record comes, nothing else would look at the keys' time.
    private func releaseExpired() {
        guard now >= releasedAt + Self.releaseInterval else { return }
        releasedAt = now
        topics.releaseExpired(now: now)
        letters?.releaseExpired(now: now)
    }

    private func poll(_ milliseconds: Int) {
        do {
            let record = try consumer.poll(milliseconds: milliseconds)
            now = MonotonicClock.now()
            if let plan = seeksAfterPoll {
                seeksAfterPoll = nil
                goBack(plan)
            } else if let record {
                if end == nil { handle(record) }
            } else {
                producer.poll(milliseconds: 0)
                releaseExpired()
                publish()
            }
        } catch {
            now = MonotonicClock.now()
            pollFailed(error)
        }
    }

    /// Ends what is open and gives the partitions back; a static member keeps its place unless it is to leave.
    private func leave() {
        if case .stopped = end {
            if machine.transaction != nil { commit() }
            let isLeaving = task.pair.leavesOnShutdown || control.leavesGroup
            if isLeaving, task.identity.groupInstanceID != nil { unsubscribe() }
        } else if case .failed = end, machine.transaction != nil, producer.fatalError == nil {
            // Nobody will come after this producer soon: readers of the target must not wait for its time-out.
            try? delivery.abort(deadline: min(MonotonicClock.now() + 2_000, control.deadline))
        }
        consumer.close(timeout: 2_000)
        machine.revoked()
        // Whatever is left is of an aborted or unfinished transaction.
        producer.purge()
        producer.poll(milliseconds: 0)
        publish()
    }

    /// Closing alone leaves a static member in its group.
    private func unsubscribe() {
        do {
            try consumer.unsubscribe()
            while !machine.positions.isEmpty, MonotonicClock.now() < control.deadline {
                _ = try consumer.poll(milliseconds: 100)
            }
        } catch {
            log.kafka(error)
        }
    }

    /// Lets others see how far the worker is.
    func publish() {
        counters.recordsDropped &+= machine.droppedRecords &- droppedBefore
        droppedBefore = machine.droppedRecords
        var partitions = machine.positions.map { position in
            let halt = machine.halts[position.partition] ?? machine.retried[position.partition]
            let place = topics.partition(ofSlot: position.partition)
            return WorkerStatus.Partition(
                topic: place.topic, partition: place.partition, next: position.next, halt: halt?.cause,
                isRetrying: halt?.retryAt != nil)
        }
        partitions.sort { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
        control.publish { [partitions, idleCause] in
            $0.partitions = partitions
            $0.counters = counters
            $0.idle = idleCause
        }
    }
}
