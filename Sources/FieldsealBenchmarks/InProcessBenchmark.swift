/// A run over all records of a data set, without a broker.
struct InProcessBenchmark {
    let name: String
    let records: Int
    /// What it is measured against, by name.
    var baseline: String?
    /// What kind of thing that is.
    var kind = BenchmarkRow.Baseline.cryptoOnly
    /// Handles every record once.
    let pass: () throws -> Void

    /// Measures several benchmarks in turn, round by round, so that a change of the machine's speed meets all alike.
    static func measure(_ benchmarks: [InProcessBenchmark], rounds: Int, passes: Int) throws -> [BenchmarkRow] {
        var measurements = Measurements()
        for benchmark in benchmarks { try benchmark.pass() }
        for _ in 0..<rounds {
            for benchmark in benchmarks {
                ResidentMemory.forgetPeak()
                let cpuStart = CPUClock.thread()
                let wallStart = CPUClock.wall()
                for _ in 0..<passes { try benchmark.pass() }
                measurements.add(
                    benchmark.name, cpu: CPUClock.thread() - cpuStart, wall: CPUClock.wall() - wallStart,
                    records: benchmark.records * passes)
            }
        }
        return benchmarks.map { measurements.row($0.name, baseline: $0.baseline, kind: $0.kind) }
    }
}
