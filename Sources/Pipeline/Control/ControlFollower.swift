import KafkaClient
import Logging
import Records

/// Reads the control topic into a `ControlTopic`, and writes what that wants written.
///
/// Belongs to one thread. What it wrote counts as lasting when it was read back: then the brokers have it, and everyone
/// who reads the topic sees it.
final class ControlFollower {
    private let topic: String
    private let kafka: TopicPair.KafkaSettings
    private let logger: Logger
    private let store: ControlTopic
    private var state = ControlState()
    /// Whether the topic's end was reached with the clients of now.
    private var isAtEnd = false
    private var next: Int64 = 0
    private var sent: [[UInt8]: ControlRequest] = [:]
    /// What was read back and not yet published.
    private var readBack: [ControlRequest] = []
    private var hasNews = false
    private var publishedAt = MonotonicClock.now()
    private var ignored = 0
    private var ignoredToldAt = MonotonicClock.now() - ControlFollower.tellingInterval

    /// The header that says which request wrote a record.
    private static let idHeader = Array("id".utf8)
    /// The most entries that are kept: far more than pairs and leases need, and far fewer than fill the memory.
    private static let mostEntries = 100_000
    /// How often ignored records are told of at most, in milliseconds.
    private static let tellingInterval: Int64 = 10_000
    /// How long a poll lasts at most, so that requests and a stop are seen, in milliseconds.
    private static let longestPoll = 25
    /// The longest time that news are kept back while records come without pause, in milliseconds.
    private static let longestSilence: Int64 = 100

    init(topic: String, kafka: TopicPair.KafkaSettings, logger: Logger, store: ControlTopic) {
        self.topic = topic
        self.kafka = kafka
        self.logger = logger
        self.store = store
    }

    /// Follows until the store is stopped. Until the end was reached once, an error that does not pass ends it; later,
    /// what is known goes on to hold while the topic is tried again.
    func run() -> Result<Void, PipelineError> {
        var failures = 0
        while !store.mustStop {
            do throws(PipelineError) {
                try followWithNewClients()
            } catch {
                guard error.isTransient || store.isCaughtUp else { return .failure(error) }
                failures = isAtEnd ? 1 : failures + 1
                giveUpRequests()
                logger.warning(
                    "The control topic can't be followed; it is tried again", metadata: ["error": "\(error)"])
                pause(Backoff().delay(after: failures, random: .random(in: 0 ... .max)))
            }
        }
        return .success(())
    }

    private func pause(_ milliseconds: Int64) {
        let end = MonotonicClock.now() + milliseconds
        while MonotonicClock.now() < end, !store.mustStop { MonotonicClock.sleep(milliseconds: 25) }
    }

    private func giveUpRequests() {
        for request in sent.values { request.note(.failed(.transport)) }
        sent = [:]
        readBack = []
    }

    private func followWithNewClients() throws(PipelineError) {
        state = ControlState()
        isAtEnd = false
        next = 0
        try prepare()
        do throws(KafkaError) {
            let producer = try Producer(settings: producerSettings, events: .logging(to: logger))
            let target = try producer.open(topic: topic)
            let consumer = try Consumer(settings: consumerSettings, events: .logging(to: logger))
            defer { consumer.close(timeout: 2_000) }
            try consumer.assign([TopicPartition(topic: topic, partition: 0, offset: TopicPartition.beginning)])
            while !store.mustStop {
                try write(producer, to: target)
                try read(consumer)
            }
        } catch {
            throw .topicCall(topic, error)
        }
    }

    private func prepare() throws(PipelineError) {
        let memory = RefusalMemory()
        do throws(PipelineError) {
            let admin: Admin
            do throws(KafkaError) {
                admin = try Admin(settings: kafka.common, events: memory.remembering(.logging(to: logger)))
            } catch {
                throw PipelineError.topicCall(topic, error)
            }
            try ControlTopicPreparation(topic: topic, admin: admin, logger: logger).prepare()
        } catch {
            if case .topicCall(_, .unreachable) = error, let refusal = memory.refusal {
                throw .topicCall(topic, refusal)
            }
            throw error
        }
    }

    // MARK: Reading

    private func read(_ consumer: Consumer) throws(KafkaError) {
        do throws(KafkaError) {
            if let record = try consumer.poll(milliseconds: Self.longestPoll) {
                take(record)
                if MonotonicClock.now() - publishedAt < Self.longestSilence { return }
            }
        } catch {
            guard let failure = error.failure, !failure.isFatal, !failure.code.isOfUnknownTopic,
                !failure.code.isRefused
            else { throw error }
            if failure.code == .partitionEnd {
                isAtEnd = true
            } else {
                logger.warning("Kafka reports an error", metadata: ["error": "\(error)"])
            }
        }
        publish()
    }

    private func publish() {
        guard isAtEnd else { return }
        if hasNews || !store.isCaughtUp || !readBack.isEmpty { store.publish(state) }
        hasNews = false
        publishedAt = MonotonicClock.now()
        for request in readBack { request.note(.lasting) }
        readBack = []
    }

    private func take(_ record: RecordView) {
        if record.offset < next { state = ControlState() }
        next = record.offset &+ 1
        hasNews = true
        let id = record.headers.first { $0.name.elementsEqual(Self.idHeader) }?.value
        if let id, id.count <= 64, let request = sent.removeValue(forKey: Array(id)) { readBack.append(request) }
        switch ControlRecord(key: record.key, value: record.value) {
        case .put(let entry):
            guard state.entries[entry.key] != nil || state.entries.count < Self.mostEntries else {
                return ignore(record.offset, because: "there are \(Self.mostEntries) entries already")
            }
            state.put(entry)
        case .remove(let key): state.remove(key)
        case .unknown: break
        case .malformed(let reason): ignore(record.offset, because: reason)
        }
    }

    private func ignore(_ offset: Int64, because reason: String) {
        ignored += 1
        let now = MonotonicClock.now()
        guard now >= ignoredToldAt + Self.tellingInterval else { return }
        ignoredToldAt = now
        logger.warning(
            "A record of the control topic is ignored; the next ones are told at most every 10 s",
            metadata: ["offset": "\(offset)", "reason": "\(reason)", "total": "\(ignored)"])
    }

    // MARK: Writing

    private func write(_ producer: Producer, to target: ProducerTopic) throws(KafkaError) {
        for request in store.takeRequests() where request.progress == .waiting {
            switch Self.produce(request, producer, to: target) {
            case .queued:
                request.note(.sent)
                sent[request.id] = request
            case .queueFull: request.note(.failed(.queueFull))
            case .tooLarge: request.note(.failed(.messageTooLarge))
            case .failed(let error): request.note(.failed(error.failure?.code ?? .fatal))
            }
        }
        guard !sent.isEmpty else { return }
        producer.poll(milliseconds: 0)
        if let code = producer.takeDeliveryFailure() {
            for request in sent.values { request.note(.failed(code)) }
            sent = [:]
        }
        sent = sent.filter { $0.value.progress == .sent }
        if let fatal = producer.fatalError { throw fatal }
    }

    private static func produce(
        _ request: ControlRequest, _ producer: Producer, to target: ProducerTopic
    ) -> ProduceOutcome {
        let key = OutputBuffer(holding: Array(request.key.text.utf8))
        let value = request.value.map(OutputBuffer.init(holding:))
        let name = OutputBuffer(holding: idHeader)
        let id = OutputBuffer(holding: request.id)
        let headers = HeaderList()
        headers.append(HeaderView(name: name.bytes, value: id.bytes))
        return withExtendedLifetime((key, value, name, id, headers)) {
            let record = RecordView(
                topic: UnsafeRawBufferPointer(start: nil, count: 0), partition: 0, offset: 0, timestamp: 0,
                key: key.bytes, value: value?.bytes, headers: headers.views)
            return producer.produce(record, to: target)
        }
    }

    // MARK: Clients

    private var common: [String: String] {
        ["client.id": "fieldseal", "reconnect.backoff.max.ms": "2000"].merging(kafka.common) { $1 }
    }

    private var consumerSettings: [String: String] {
        let owned = [
            // librdkafka asks for one, and never joins it.
            "group.id": "fieldseal.control", "enable.auto.commit": "false", "enable.auto.offset.store": "false",
            "auto.offset.reset": "earliest", "enable.partition.eof": "true", "allow.auto.create.topics": "false",
            // Entries are not written in transactions, and one left open by somebody must not hide them.
            "isolation.level": "read_uncommitted",
        ]
        return ["receive.message.max.bytes": "268435456"].merging(common) { $1 }
            .merging(kafka.consumer) { $1 }.merging(owned) { $1 }
    }

    private var producerSettings: [String: String] {
        let owned = [
            "enable.idempotence": "true", "acks": "all", "delivery.report.only.error": "true",
            "allow.auto.create.topics": "false",
        ]
        return common.merging(kafka.producer) { $1 }.merging(owned) { $1 }
    }
}
