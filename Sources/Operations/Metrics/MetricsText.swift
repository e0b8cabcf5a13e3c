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
        append(labels: zip(metric.labels, labels))
        append(value)
    }

    /// A sample whose value is a whole number, of which none is lost to rounding.
    mutating func sample(_ metric: Metric, _ labels: [String] = [], _ value: UInt64) {
        writeHead(of: metric)
        append(metric.name)
        append(labels: zip(metric.labels, labels))
        bytes.append(UInt8(ascii: " "))
        append("\(value)\n")
    }

    /// The samples of a histogram, in seconds.
    mutating func histogram(_ metric: Metric, _ labels: [String], _ durations: DurationHistogram) {
        writeHead(of: metric)
        var count: UInt64 = 0
        for range in 0..<durations.counts.scalarCount {
            count &+= durations.counts[range]
            let bound = durations.bound(range).map { "\(Double($0) / 1e9)" } ?? "+Inf"
            append("\(metric.name)_bucket")
            append(labels: zip(metric.labels + ["le"], labels + [bound]))
            append(" \(count)\n")
        }
        append("\(metric.name)_sum")
        append(labels: zip(metric.labels, labels))
        append(Double(durations.sum) / 1e9)
        append("\(metric.name)_count")
        append(labels: zip(metric.labels, labels))
        append(" \(count)\n")
    }

    private mutating func writeHead(of metric: Metric) {
        guard pending == metric else { return }
        pending = nil
        append("# HELP \(metric.name) ")
        appendEscaped(metric.help, quotes: false)
        append("\n# TYPE \(metric.name) \(metric.kind.rawValue)\n")
    }

    private mutating func append(labels: some Sequence<(String, String)>) {
        var separator: UInt8 = UInt8(ascii: "{")
        for (name, value) in labels {
            bytes.append(separator)
            separator = UInt8(ascii: ",")
            append(name)
            append("=\"")
            appendEscaped(value, quotes: true)
            bytes.append(UInt8(ascii: "\""))
        }
        if separator == UInt8(ascii: ",") { bytes.append(UInt8(ascii: "}")) }
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
