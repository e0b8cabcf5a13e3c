import Records

/// Prometheus' text format, version 0.0.4, as it is written.
struct MetricsText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var bytes: [UInt8] = []
    /// The metric that is being written; its head goes out with its first sample.
    private var pending: Metric?

    /// Makes room for a page of a usual process at once.
    init() {
        bytes.reserveCapacity(65_536)
    }

    /// Begins a metric, of which all samples must follow; one without samples leaves nothing.
    mutating func begin(_ metric: Metric) {
        pending = metric
    }

    /// A sample that is a measurement.
    ///
    /// - Parameter labels: the values, as many as the metric has labels and in their order.
    mutating func sample(_ metric: Metric, _ labels: [String] = [], measured value: Double) {
        writeHead(of: metric)
        append(metric.name)
        append(labels: metric.labels, labels)
        append(value)
    }

    /// A sample whose value is a whole number, of which none is lost to rounding.
    mutating func sample(_ metric: Metric, _ labels: [String] = [], _ value: UInt64) {
        writeHead(of: metric)
        append(metric.name)
        append(labels: metric.labels, labels)
        append(count: value)
    }

    /// The samples of a histogram, in seconds.
    mutating func histogram(_ metric: Metric, _ labels: [String], _ durations: DurationHistogram) {
        writeHead(of: metric)
        // All that a bucket's line has before its count, but for the bound: the same in each of them.
        let start = bytes.count
        append(metric.name)
        append("_bucket")
        append(labels: metric.labels + ["le"], labels + [""])
        let head = Array(bytes[start..<(bytes.count - 2)])
        bytes.removeLast(bytes.count - start)
        let bounds = Self.bounds[durations.scale] ?? Self.bounds(of: durations)
        var count: UInt64 = 0
        for range in 0..<durations.counts.scalarCount {
            count &+= durations.counts[range]
            bytes.append(contentsOf: head)
            append(bounds[range])
            append("\"}")
            append(count: count)
        }
        append(metric.name)
        append("_sum")
        append(labels: metric.labels, labels)
        append(Double(durations.sum) / 1e9)
        append(metric.name)
        append("_count")
        append(labels: metric.labels, labels)
        append(count: count)
    }

    /// The upper bounds of each scale's ranges, in seconds.
    private static let bounds = Dictionary(
        uniqueKeysWithValues: DurationHistogram.Scale.allCases.map { ($0, bounds(of: DurationHistogram($0))) })

    private static func bounds(of durations: DurationHistogram) -> [String] {
        (0..<durations.counts.scalarCount).map { range in
            durations.bound(range).map { "\(Double($0) / 1e9)" } ?? "+Inf"
        }
    }

    private mutating func writeHead(of metric: Metric) {
        guard pending == metric else { return }
        pending = nil
        append("# HELP \(metric.name) ")
        appendEscaped(metric.help, quotes: false)
        append("\n# TYPE \(metric.name) \(metric.kind.rawValue)\n")
    }

    private mutating func append(labels names: [String], _ values: [String]) {
        var separator: UInt8 = UInt8(ascii: "{")
        for (name, value) in zip(names, values) {
            bytes.append(separator)
            separator = UInt8(ascii: ",")
            append(name)
            append("=\"")
            appendEscaped(value, quotes: true)
            bytes.append(UInt8(ascii: "\""))
        }
        if separator == UInt8(ascii: ",") { bytes.append(UInt8(ascii: "}")) }
    }

    private mutating func append(count: UInt64) {
        bytes.append(UInt8(ascii: " "))
        append("\(count)\n")
    }

    private mutating func append(_ value: Double) {
        bytes.append(UInt8(ascii: " "))
        if let whole = Int64(exactly: value) {
            append("\(whole)\n")
        } else if value.isNaN {
            append("NaN\n")
        } else if value.isInfinite {
            append(value < 0 ? "-Inf\n" : "+Inf\n")
        } else {
            append("\(value)\n")
        }
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func appendEscaped(_ text: String, quotes: Bool) {
        // Nearly every text is one that stays as it is.
        guard
            text.utf8.contains(where: {
                $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\"")
            })
        else { return append(text) }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }
}
