import Foundation
import Operations

/// A process's state for a terminal: what the status page shows.
struct StatusText {
    /// The lines.
    private(set) var lines: [String] = []

    init(_ report: ProcessReport) {
        let up = Self.span(Double(report.time) / 1_000 - report.startedAt)
        lines = ["Fieldseal \(Self.plain(report.version)), up for \(up)"]
        if let refusal = report.configuration?.refusal {
            lines += ["", "A changed configuration file is refused; the process goes on with the one that it has:"]
            lines += refusal.split(separator: "\n").map { "  " + Self.plain(String($0)) }
        }
        for pair in report.pairs { add(pair) }
        addTable(
            ["KMS", "state", "calls", "failed", "mean time"],
            report.keyServices.map {
                let state = $0.suspended ? "left alone" : $0.up ? "answers" : "does not answer"
                return [
                    $0.provider, state, "\($0.calls)", "\($0.failed)", String(format: "%.1f ms", $0.meanMilliseconds),
                ]
            })
        addTable(
            ["key", "version", "for", "topic", "algorithm", "age", "seals"],
            report.keys.map {
                [
                    $0.kek, $0.version ?? "-", $0.purpose, $0.topic, $0.algorithm, Self.span($0.ageSeconds),
                    $0.seals.map(String.init) ?? "-",
                ]
            })
    }

    private mutating func add(_ pair: PairReport) {
        let plain = Self.plain
        lines += [
            "",
            "\(plain(pair.name)): \(pair.state.rawValue)   \(plain(pair.source)) -> \(plain(pair.target)), \(plain(pair.direction))",
        ]
        let running = pair.workers.count(where: \.running)
        let lag = pair.lag.map { "\($0) left to read" } ?? "lag not known yet"
        lines.append(
            "  \(lag); \(pair.counts.written) written, \(pair.counts.failed) failed, \(pair.counts.passedOn) passed on, "
                + "\(pair.counts.skipped) skipped; \(pair.partitions.count) partitions, \(running) of "
                + "\(pair.workers.count) workers")
        if let pause = pair.pause { lines.append("  paused by \(plain(pause.actor)): \(plain(pause.reason))") }
        for partition in pair.partitions {
            guard let halt = partition.halt else { continue }
            let field = halt.field.map { ", field \(plain($0))" } ?? ""
            lines += [
                "  \(plain(partition.topic)), partition \(partition.partition) stands at offset \(partition.next): \(plain(halt.reason))\(field)",
                "    \(plain(halt.message))",
                "    what to do: \(plain(halt.remedy))\(halt.retrying ? " It is tried again by itself." : "")",
            ]
        }
        guard let demand = pair.demand else { return }
        let groups = demand.groups.isEmpty ? "" : ", groups \(demand.groups.map(plain).joined(separator: ", "))"
        lines.append("  demand: \(demand.active ? "yes" : "none")\(groups)")
        for lease in demand.leases {
            let end = Date(timeIntervalSince1970: Double(lease.expiresAt) / 1_000).formatted(.iso8601)
            lines.append("  lease \(plain(lease.id)) until \(end)  \(plain(lease.actor)): \(plain(lease.reason))")
        }
    }

    private mutating func addTable(_ head: [String], _ rows: [[String]]) {
        guard !rows.isEmpty else { return }
        let rows = [head] + rows.map { $0.map(Self.plain) }
        let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        lines.append("")
        for row in rows {
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            lines.append(String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed()))
        }
    }

    /// A text without control characters, which a terminal would obey.
    static func plain(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            scalar.properties.generalCategory == .control ? "?" : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func span(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(Int(max(0, seconds))) s"
        case ..<5_400: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3_600)) h"
        default: "\(Int(min(seconds / 86_400, 1e9))) days"
        }
    }
}
