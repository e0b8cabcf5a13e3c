/// What the rounds of several benchmarks measured.
struct Measurements {
    private var cpu: [String: [Double]] = [:]
    private var wall: [String: [Double]] = [:]
    private var peak: [String: Int] = [:]

    /// Adds a round: its times in nanoseconds, and how many records it handled. The peak of memory is this process's so far.
    mutating func add(_ name: String, cpu cpuTime: Int64, wall wallTime: Int64, records: Int) {
        cpu[name, default: []].append(Double(cpuTime) / Double(records))
        wall[name, default: []].append(Double(wallTime) / Double(records))
        peak[name] = max(peak[name] ?? 0, ResidentMemory.peakMebibytes() ?? 0)
    }

    /// The medians of a benchmark's rounds, and that of the ratios to the same rounds of `baseline`.
    func row(_ name: String, baseline: String?, kind: BenchmarkRow.Baseline) -> BenchmarkRow {
        let own = cpu[name] ?? []
        let ratios = baseline.flatMap { cpu[$0] }.map { zip(own, $0).map { $0 / $1 } }
        return BenchmarkRow(
            name: name, cpuNanosecondsPerRecord: own.median, wallNanosecondsPerRecord: (wall[name] ?? []).median,
            ratio: ratios?.median, baseline: ratios.map { _ in kind }, peakMebibytes: peak[name] ?? 0)
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
