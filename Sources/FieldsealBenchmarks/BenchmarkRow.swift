/// What one benchmark measured: the median of its rounds.
struct BenchmarkRow {
    /// What it is, such as `transform/json/encrypt`.
    var name: String
    var cpuNanosecondsPerRecord: Double
    var wallNanosecondsPerRecord: Double
    /// CPU time as a multiple of `baseline`'s in the same rounds, where it has one.
    var ratio: Double?
    var baseline: Baseline?
    /// The peak of the process's memory while it was measured, in MiB.
    var peakMebibytes: Int

    /// What a row is measured against.
    enum Baseline: String {
        case cryptoOnly = "ratio_to_crypto_only"
        case avroC = "ratio_to_avro_c"
        case oneKey = "ratio_to_1_key"
        case libprotobuf = "ratio_to_libprotobuf"
        case untimed = "ratio_to_untimed"
        case unhalted = "ratio_to_unhalted"
        case passthrough = "ratio_to_passthrough"
    }

    var recordsPerCPUSecond: Double { 1_000_000_000 / cpuNanosecondsPerRecord }

    /// The row as a line of JSON.
    var json: String {
        let ratioMember = ratio.flatMap { ratio in baseline.map { ",\"\($0.rawValue)\":\(Self.rounded(ratio, 3))" } }
        return """
            {"name":"\(name)","cpu_ns_per_record":\(Self.rounded(cpuNanosecondsPerRecord, 1)),\
            "wall_ns_per_record":\(Self.rounded(wallNanosecondsPerRecord, 1)),\
            "records_per_cpu_second":\(Int(recordsPerCPUSecond))\(ratioMember ?? ""),"rss_peak_mib":\(peakMebibytes)}
            """
    }

    /// The row as a line of a table.
    var text: String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let padded = name + String(repeating: " ", count: max(1, 44 - name.count))
        return padded + right("\(Self.rounded(cpuNanosecondsPerRecord, 0))", 10)
            + right("\(Self.rounded(wallNanosecondsPerRecord, 0))", 12) + right("\(Int(recordsPerCPUSecond))", 16)
            + right(ratio.map { "\(Self.rounded($0, 2))" } ?? "-", 8) + right("\(peakMebibytes)", 6)
    }

    /// The table's head.
    static let head =
        "name                                          CPU ns/rec wall ns/rec records/CPU-sec   ratio   MiB"

    private static func rounded(_ number: Double, _ places: Int) -> Double {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        return (number * scale).rounded() / scale
    }
}
