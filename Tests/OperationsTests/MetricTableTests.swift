import Foundation
import KeyManagement
import Records
import TestServers
import Testing

@testable import Operations
@testable import Pipeline

@Suite struct MetricTableTests {
    @Test("The docs list every metric as the code has it, in its order")
    func docs() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/metrics.md")
        let text = try String(contentsOf: file.standardizedFileURL, encoding: .utf8)
        let begin = try #require(text.range(of: "<!-- metrics: begin"))
        let end = try #require(text.range(of: "<!-- metrics: end"))
        let rows = text[begin.upperBound..<end.lowerBound].split(separator: "\n").filter { $0.hasPrefix("| `") }
        let documented = rows.map { row in
            row.replacingOccurrences(of: "`", with: "")
                .replacing(#/\[(?<words>[^\]]*)\]\([^)]*\)/#) { $0.output.words }
                .split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
                .dropFirst().dropLast().joined(separator: " | ")
        }
        let coded = Metric.all.map { metric in
            let help = metric.help.replacingOccurrences(of: "docs/", with: "")
            return [metric.name, metric.kind.rawValue, metric.labels.joined(separator: ", "), help]
                .joined(separator: " | ")
        }
        #expect(documented == coded)
    }

    @Test("Counters end in _total, nothing else does, and no two metrics have one name")
    func names() {
        #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
        for metric in Metric.all {
            #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter), "\(metric.name)")
            #expect(metric.name.wholeMatch(of: #/(fieldseal|process)_[a-z_]+/#) != nil)
        }
    }

    /// Everything that can be told of, with characters that need an escape.
    static func services(pairs: Int = 2) -> OperationsServices {
        let fakes = (0..<pairs).map { number in
            let pair = FakePair("pair \"\(number)\"\\")
            pair.halt()
            pair.takesLeases = true
            pair.change { worker in
                worker.partitions += (1..<12).map { .init(topic: "topic", partition: $0, next: 5) }
                worker.counters.transformTimes.add(1_500)
                worker.counters.transformTimes.add(90_000_000)
                var statistics = ClientStatistics()
                statistics.partitions = worker.partitions.map {
                    .init(topic: $0.topic, partition: $0.partition, lag: 3, open: 1)
                }
                worker.clients = [.consumer: statistics, .producer: statistics]
            }
            return pair
        }
        var keys = DataKeyStatistics()
        keys.providers = [.init(provider: .vault, isUp: true, isSuspended: false)]
        var times = DurationHistogram(.tenthsOfMilliseconds)
        times.add(2_000_000)
        keys.calls = [.init(provider: .vault, operation: .wrap, outcome: .ok): times]
        let given = keys
        var services = OperationsServices(version: "1.0.0") { fakes }
        services.keys = { [given] }
        services.configuration = { ConfigurationStatus(hash: "ab", loadedAt: 1_000) }
        services.auditStatus = { AuditStatus(events: [.gap: 2], waiting: 1, dropped: 0) }
        return services
    }

    @Test("Prometheus's own checker accepts the page")
    func promtool() throws {
        let page = MetricsPage(services: Self.services()).text().bytes
        _ = try CommandRun(["promtool", "check", "metrics"], input: Data(page))
    }

    @Test("Every metric that the process can tell of is on the page")
    func complete() {
        let page = String(decoding: MetricsPage(services: Self.services()).text().bytes, as: UTF8.self)
        // Where no pair writes dead letters there is nothing to tell of them.
        for metric in Metric.all where metric != .deadLetters {
            #expect(page.contains("# TYPE \(metric.name) \(metric.kind.rawValue)\n"), "\(metric.name)")
        }
        #expect(page.contains(#"fieldseal_worker_running{pair="pair \"0\"\\",worker="0"} 1"#))
    }

    @Test("A histogram's buckets count everything up to their bound")
    func histogram() {
        var times = DurationHistogram(.microseconds)
        for nanoseconds: UInt64 in [0, 1_000, 1_001, 5_000, 60_000_000, .max / 2] { times.add(nanoseconds) }
        var text = MetricsText()
        text.begin(.transformDurationSeconds)
        text.histogram(.transformDurationSeconds, ["p"], times)
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
        for line in [
            #"fieldseal_transform_duration_seconds_bucket{pair="p",le="1e-06"} 2"#,
            #"fieldseal_transform_duration_seconds_bucket{pair="p",le="2e-06"} 3"#,
            #"fieldseal_transform_duration_seconds_bucket{pair="p",le="5e-06"} 4"#,
            #"fieldseal_transform_duration_seconds_bucket{pair="p",le="0.05"} 4"#,
            #"fieldseal_transform_duration_seconds_bucket{pair="p",le="+Inf"} 6"#,
            #"fieldseal_transform_duration_seconds_count{pair="p"} 6"#,
        ] {
            #expect(lines.contains { $0 == line }, "\(line)")
        }
    }
}
