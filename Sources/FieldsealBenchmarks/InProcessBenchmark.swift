import Cryptography
import KeyManagement
import Records
import Transform

/// A run over all records of a data set, without a broker.
struct InProcessBenchmark {
    let name: String
    let records: Int
    /// What it is measured against, by name.
    var baseline: String?
    /// Handles every record once.
    let pass: () throws -> Void

    /// Measures several benchmarks in turn, round by round, so that a change of the machine's speed meets all alike.
    static func measure(_ benchmarks: [InProcessBenchmark], rounds: Int, passes: Int) throws -> [BenchmarkRow] {
        var cpu: [String: [Double]] = [:]
        var wall: [String: [Double]] = [:]
        for benchmark in benchmarks { try benchmark.pass() }
        for _ in 0..<rounds {
            for benchmark in benchmarks {
                let cpuStart = CPUClock.thread()
                let wallStart = CPUClock.wall()
                for _ in 0..<passes { try benchmark.pass() }
                let count = Double(benchmark.records * passes)
                cpu[benchmark.name, default: []].append(Double(CPUClock.thread() - cpuStart) / count)
                wall[benchmark.name, default: []].append(Double(CPUClock.wall() - wallStart) / count)
            }
        }
        return benchmarks.map { benchmark in
            let own = cpu[benchmark.name] ?? []
            let ratios = benchmark.baseline.flatMap { cpu[$0] }.map { zip(own, $0).map { $0 / $1 } }
            return BenchmarkRow(
                name: benchmark.name, cpuNanosecondsPerRecord: own.median,
                wallNanosecondsPerRecord: (wall[benchmark.name] ?? []).median, ratio: ratios?.median,
                baseline: ratios.map { _ in .cryptoOnly }, peakMebibytes: CPUClock.peakMebibytes())
        }
    }
}

extension [Double] {
    /// The middle value; that of an empty list is not a number.
    var median: Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
