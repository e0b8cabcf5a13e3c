import Transform

/// The worker with each transform, beside the same worker with one that copies.
enum WorkerBenchmarks {
    /// The names of all rows.
    static let names =
        BenchmarkFormat.allCases.flatMap { format in
            [passthrough(format), "worker/\(format)/encrypt", "worker/\(format)/decrypt"]
        } + [halted]
    /// Encryption of JSON while a partition more stands still.
    static let halted = "worker/json/encrypt-halted"
    /// What that is measured against.
    static let unhalted = "worker/json/encrypt"

    /// What the rows of a format are measured against: the copying worker over the same plain records.
    static func passthrough(_ format: BenchmarkFormat) -> String {
        format == .json ? "worker/passthrough" : "worker/\(format)/passthrough"
    }

    /// Measures the benchmarks with these names in turn, round by round, after a round that does not count.
    static func measure(
        _ names: Set<String>, of data: BenchmarkData, broker: BenchmarkBroker, rounds: Int
    ) async throws -> [BenchmarkRow] {
        let benchmarks = (try BenchmarkFormat.allCases.flatMap { try make($0, of: data) } + [makeHalted(data)])
            .filter { names.contains($0.name) }
        guard !benchmarks.isEmpty else { return [] }
        for benchmark in benchmarks { try benchmark.prepare(broker) }
        var measurements = Measurements()
        for round in 0...rounds {
            var measured = Measurements()
            for benchmark in benchmarks {
                if round == 0 {
                    try await benchmark.round(on: broker, into: &measured)
                } else {
                    try await benchmark.round(on: broker, into: &measurements)
                }
            }
        }
        return benchmarks.map { measurements.row($0.name, baseline: $0.baseline, kind: $0.kind) }
    }

    private static func makeHalted(_ data: BenchmarkData) -> WorkerBenchmark {
        let transforms = data.transforms
        return WorkerBenchmark(
            name: halted, baseline: unhalted, kind: .unhalted, hasHaltedPartition: true,
            source: "customers.json.halted", store: data.plain(.json)
        ) { try transforms.encryptor(.json) }
    }

    private static func make(_ format: BenchmarkFormat, of data: BenchmarkData) throws -> [WorkerBenchmark] {
        let transforms = data.transforms
        let baseline = passthrough(format)
        return [
            WorkerBenchmark(
                name: baseline, baseline: nil, source: "customers.\(format).copied", store: data.plain(format)
            ) { CopyingTransform() },
            WorkerBenchmark(
                name: "worker/\(format)/encrypt", baseline: baseline, source: "customers.\(format)",
                store: data.plain(format)
            ) { try transforms.encryptor(format) },
            WorkerBenchmark(
                name: "worker/\(format)/decrypt", baseline: baseline, source: BenchmarkTransforms.target(format),
                store: try data.sealed(format)
            ) { try transforms.decryptor(format) },
        ]
    }
}
