import ArgumentParser
import Glibc

/// Measures Fieldseal; `scripts/bench` builds and runs it.
@main
struct FieldsealBenchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fieldseal-benchmarks",
        abstract: "Measures CPU time per record of transforms and workers, and the memory of `fieldseal run`.")

    @Flag(help: "Print lines of JSON instead of a table.")
    var json = false

    @Option(help: "Only benchmarks whose name contains this text, and what they are measured against.")
    var filter: String?

    @Option(help: "Rounds, in which the benchmarks take turns.")
    var rounds = 9

    private static let names =
        TransformBenchmarks.names + PayloadBenchmarks.names + ConversionBenchmarks.names + ProtobufBenchmarks.names
        + ManyKeysBenchmarks.names + WorkerBenchmarks.names + [CommandMemory.name]

    func validate() throws {
        guard rounds >= 1 else { throw ValidationError("--rounds must be at least 1") }
    }

    func run() async throws {
        let chosen = try choose()
        let data = try BenchmarkData()
        if !json { print(BenchmarkRow.head) }
        let transforms = chosen.filter { TransformBenchmarks.names.contains($0) }
        if !transforms.isEmpty {
            let benchmarks = try TransformBenchmarks.make(
                transforms.union([TransformBenchmarks.baseline]), of: data)
            show(try InProcessBenchmark.measure(benchmarks, rounds: rounds, passes: 10))
        }
        let payloads = PayloadBenchmarks.needed(for: chosen)
        if !payloads.isEmpty {
            show(
                try InProcessBenchmark.measure(PayloadBenchmarks.make(payloads, of: data), rounds: rounds, passes: 10))
        }
        let conversions = ConversionBenchmarks.needed(for: chosen)
        if !conversions.isEmpty {
            show(
                try InProcessBenchmark.measure(
                    ConversionBenchmarks.make(conversions, of: data), rounds: rounds, passes: 10))
        }
        let messages = ProtobufBenchmarks.needed(for: chosen)
        if !messages.isEmpty {
            show(
                try InProcessBenchmark.measure(ProtobufBenchmarks.make(messages, of: data), rounds: rounds, passes: 10))
        }
        let manyKeys = try ManyKeysBenchmarks.make(chosen)
        if !manyKeys.isEmpty { show(try InProcessBenchmark.measure(manyKeys, rounds: rounds, passes: 4)) }
        guard !chosen.isDisjoint(with: WorkerBenchmarks.names + [CommandMemory.name]) else { return }
        let broker = try BenchmarkBroker()
        show(try await WorkerBenchmarks.measure(chosen, of: data, broker: broker, rounds: rounds))
        if chosen.contains(CommandMemory.name) { show([try CommandMemory.measure(data, broker: broker)]) }
    }

    /// The rows that the filter asks for, and those that they are measured against.
    private func choose() throws -> Set<String> {
        let named = Self.names.filter { filter.map($0.contains) ?? true }
        guard !named.isEmpty else {
            let list = Self.names.map { "  \($0)\n" }.joined()
            let message = "error: no benchmark's name contains '\(filter ?? "")'; there are\n\(list)"
            _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
            throw ExitCode(2)
        }
        var chosen = Set(named)
        for format in BenchmarkFormat.allCases where named.contains(where: { $0.hasPrefix("worker/\(format)/") }) {
            chosen.insert(WorkerBenchmarks.passthrough(format))
        }
        if chosen.contains(WorkerBenchmarks.halted) { chosen.insert(WorkerBenchmarks.unhalted) }
        return chosen
    }

    private func show(_ rows: [BenchmarkRow]) {
        for row in rows { print(json ? row.json : row.text) }
    }
}
