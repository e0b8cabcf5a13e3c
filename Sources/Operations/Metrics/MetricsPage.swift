import Pipeline

/// All metrics of the process as they are now.
struct MetricsPage {
    let services: OperationsServices

    /// The page.
    func text() -> MetricsText {
        var text = MetricsText()
        let pairs = services.pairs().map { (pair: $0.pair, status: $0.status) }
        for metric in Metric.all {
            text.begin(metric)
            for (pair, status) in pairs { write(metric, of: pair, status, to: &text) }
            writeProcess(metric, to: &text)
        }
        return text
    }

    private func write(_ metric: Metric, of pair: TopicPair, _ status: PairStatus, to text: inout MetricsText) {
        switch metric {
        case .records: writeRecords(pair, status.counters, to: &text)
        case .recordBytes: text.sample(metric, [pair.name, pair.direction], status.counters.bytesWritten)
        case .transactions:
            text.sample(metric, [pair.name, "committed"], status.counters.transactionsCommitted)
            text.sample(metric, [pair.name, "aborted"], status.counters.transactionsAborted)
        case .partitionHalted:
            for partition in status.haltedPartitions {
                let reason = partition.halt?.code ?? ""
                text.sample(metric, [pair.name, partition.topic, "\(partition.partition)", reason], 1)
            }
        case .partitionsAssigned:
            let count = status.workers.reduce(0) { $0 + $1.partitions.count }
            text.sample(metric, [pair.name], UInt64(count))
        case .workerRunning:
            for worker in status.workers {
                text.sample(metric, [pair.name, "\(worker.number)"], worker.isRunning ? 1 : 0)
            }
        case .deadLetters: text.sample(metric, [pair.name], status.counters.recordsDeadLettered)
        case .workerRestarts: text.sample(metric, [pair.name], status.counters.restarts)
        default: break
        }
    }

    private func writeRecords(_ pair: TopicPair, _ counters: WorkerStatus.Counters, to text: inout MetricsText) {
        let transformed = counters.recordsWritten &- min(counters.recordsPassedOn, counters.recordsWritten)
        for (outcome, count) in [
            ("transformed", transformed), ("passed_on", counters.recordsPassedOn), ("failed", counters.recordsFailed),
            ("dropped", counters.recordsDropped), ("dead_lettered", counters.recordsDeadLettered),
        ] {
            text.sample(.records, [pair.name, pair.direction, outcome], count)
        }
    }

    private func writeProcess(_ metric: Metric, to text: inout MetricsText) {
        switch metric {
        case .buildInfo: text.sample(metric, [services.version], 1)
        default: break
        }
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
