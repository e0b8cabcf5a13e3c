import KeyManagement
import Pipeline
import Records

/// All metrics of the process as they are now.
struct MetricsPage {
    private let services: OperationsServices
    private let pairs: [(pair: TopicPair, status: PairStatus, counters: WorkerStatus.Counters)]
    private let caches: [DataKeyStatistics]
    private let audit: AuditStatus?
    private let configuration: ConfigurationStatus?
    private let process = ProcessUsage()

    init(services: OperationsServices) {
        self.services = services
        pairs = services.pairs().map { ($0.pair, $0.status, $0.status.counters) }
        caches = services.keys()
        audit = services.auditStatus()
        configuration = services.configuration()
    }

    /// The page.
    func text() -> MetricsText {
        var text = MetricsText()
        for metric in Metric.all {
            text.begin(metric)
            switch metric.labels.first {
            case "pair":
                for (pair, status, counters) in pairs { write(metric, of: pair, status, counters, to: &text) }
            case "cache":
                for (number, cache) in caches.enumerated() { write(metric, ofCache: number, cache, to: &text) }
            case "provider": writeProviders(metric, to: &text)
            default: writeProcess(metric, to: &text)
            }
        }
        return text
    }

    private func write(_ metric: Metric, of configuration: ConfigurationStatus, to text: inout MetricsText) {
        switch metric {
        case .configurationReloads:
            text.sample(metric, ["applied"], configuration.applied)
            text.sample(metric, ["refused"], configuration.refused)
        case .configurationRefused: text.sample(metric, [], configuration.refusal == nil ? 0 : 1)
        default: text.sample(metric, measured: Double(configuration.loadedAt) / 1_000)
        }
    }

    // MARK: Pairs

    private func write(
        _ metric: Metric, of pair: TopicPair, _ status: PairStatus, _ counters: WorkerStatus.Counters,
        to text: inout MetricsText
    ) {
        let name = pair.name
        switch metric {
        case .records: writeRecords(pair, counters, to: &text)
        case .recordBytes: text.sample(metric, [name, pair.direction], counters.bytesWritten)
        case .transformDurationSeconds: text.histogram(metric, [name], counters.transformTimes)
        case .transactions:
            text.sample(metric, [name, "committed"], counters.transactionsCommitted)
            text.sample(metric, [name, "aborted"], counters.transactionsAborted)
        case .partitionsAssigned:
            text.sample(metric, [name], UInt64(status.workers.reduce(0) { $0 + $1.partitions.count }))
        case .workerRunning:
            for worker in status.workers { text.sample(metric, [name, "\(worker.number)"], worker.isRunning ? 1 : 0) }
        case .deadLetters: text.sample(metric, [name], counters.recordsDeadLettered)
        case .workerRestarts: text.sample(metric, [name], counters.restarts)
        case .demandActive: if let demand = status.demand { text.sample(metric, [name], demand.isActive ? 1 : 0) }
        case .purgedRecords: text.sample(metric, [name], status.purgedOffsets)
        case .consumerLagRecords, .upstreamOpenTransactionRecords, .partitionHalted:
            writePartitions(metric, name, status, to: &text)
        case .kafkaQueueMessages, .kafkaBrokerRttSeconds, .kafkaBrokerErrors:
            writeClients(metric, name, status, to: &text)
        default: break
        }
    }

    private func writeRecords(_ pair: TopicPair, _ counters: WorkerStatus.Counters, to text: inout MetricsText) {
        let passedOn = min(counters.recordsPassedOn, counters.recordsWritten)
        for (outcome, count) in [
            ("transformed", counters.recordsWritten - passedOn), ("passed_on", passedOn),
            ("failed", counters.recordsFailed), ("dropped", counters.recordsDropped),
            ("dead_lettered", counters.recordsDeadLettered),
        ] {
            text.sample(.records, [pair.name, pair.direction, outcome], count)
        }
    }

    private func writePartitions(_ metric: Metric, _ name: String, _ status: PairStatus, to text: inout MetricsText) {
        for worker in status.workers {
            for partition in worker.partitions {
                let labels = [name, partition.topic, "\(partition.partition)"]
                if metric == .partitionHalted {
                    if let halt = partition.halt { text.sample(metric, labels + [halt.code], 1) }
                } else if let known = worker.statistics(of: partition) {
                    let value = metric == .consumerLagRecords ? known.lag : known.open
                    text.sample(metric, labels, UInt64(max(0, value)))
                }
            }
        }
    }

    private func writeClients(_ metric: Metric, _ name: String, _ status: PairStatus, to text: inout MetricsText) {
        for client in ClientStatistics.Client.allCases {
            let known = status.workers.compactMap { $0.clients[client] }
            guard !known.isEmpty else { continue }
            let labels = [name, client.rawValue]
            switch metric {
            case .kafkaQueueMessages: text.sample(metric, labels, known.reduce(0) { $0 &+ $1.queued })
            case .kafkaBrokerErrors: text.sample(metric, labels, known.reduce(0) { $0 &+ $1.errors })
            default:
                let median = known.map(\.medianRoundTrip).max() ?? 0
                let slow = known.map(\.slowRoundTrip).max() ?? 0
                text.sample(metric, labels + ["0.5"], measured: Double(median) / 1e6)
                text.sample(metric, labels + ["0.99"], measured: Double(slow) / 1e6)
            }
        }
    }

    // MARK: Keys

    private func write(
        _ metric: Metric, ofCache number: Int, _ cache: DataKeyStatistics, to text: inout MetricsText
    ) {
        for purpose in DataKeyStatistics.Purpose.allCases {
            let uses = cache.uses[purpose] ?? DataKeyStatistics.Uses()
            let labels = ["\(number)", purpose.rawValue]
            switch metric {
            case .dataKeyCacheHits: text.sample(metric, labels, uses.hits)
            case .dataKeyCacheMisses: text.sample(metric, labels, uses.misses)
            case .dataKeyCacheRenewals: text.sample(metric, labels, uses.renewals)
            case .dataKeys: text.sample(metric, labels, UInt64(uses.keys))
            case .dataKeyAgeSecondsMax: text.sample(metric, labels, measured: Double(uses.oldestAge) / 1_000)
            default: break
            }
        }
    }

    private func writeProviders(_ metric: Metric, to text: inout MetricsText) {
        if metric == .kmsCallDurationSeconds {
            var calls: [DataKeyStatistics.Call: DurationHistogram] = [:]
            for cache in caches {
                for (call, times) in cache.calls { calls[call, default: DurationHistogram(times.scale)].add(times) }
            }
            for (labels, times) in calls.map({ ($0.key.labels, $0.value) }).sorted(by: {
                $0.0.lexicographicallyPrecedes($1.0)
            }) {
                text.histogram(metric, labels, times)
            }
            return
        }
        let providers = Dictionary(grouping: caches.flatMap(\.providers), by: \.provider)
        for (provider, states) in providers.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let holds = metric == .kmsUp ? states.allSatisfy(\.isUp) : states.contains(where: \.isSuspended)
            text.sample(metric, [provider.rawValue], holds ? 1 : 0)
        }
    }

    // MARK: The process

    private func writeProcess(_ metric: Metric, to text: inout MetricsText) {
        switch metric {
        case .configurationReloads, .configurationRefused, .configurationLoadedSeconds:
            if let configuration { write(metric, of: configuration, to: &text) }
        case .buildInfo: text.sample(metric, [services.version], 1)
        case .auditEvents:
            for kind in AuditEvent.Kind.allCases {
                if let count = audit?.events[kind] { text.sample(metric, [kind.rawValue], count) }
            }
        case .auditBufferEvents: if let audit { text.sample(metric, [], UInt64(audit.waiting)) }
        case .auditDropped: if let audit { text.sample(metric, [], audit.dropped) }
        case .processCpuSeconds: text.sample(metric, [], measured: process.processorSeconds)
        case .processResidentMemoryBytes: text.sample(metric, [], process.residentBytes)
        case .processOpenFds: text.sample(metric, [], process.openFiles)
        case .processMaxFds: text.sample(metric, [], process.maximumFiles)
        case .processStartTimeSeconds: text.sample(metric, [], measured: ProcessUsage.startTime)
        default: break
        }
    }
}

extension DataKeyStatistics.Call {
    fileprivate var labels: [String] { [provider.rawValue, operation.rawValue, outcome.rawValue] }
}

extension WorkerStatus {
    /// What the consumer says of a partition; nil where it has not said anything yet.
    func statistics(of partition: Partition) -> ClientStatistics.Partition? {
        clients[.consumer]?.partitions.first { $0.topic == partition.topic && $0.partition == partition.partition }
    }
}

extension TopicPair {
    /// The value of the label `direction`.
    var direction: String {
        switch action {
        case .encrypt: "encrypt"
        case .decrypt: "decrypt"
        }
    }
}
