import ArgumentParser

/// Measures Fieldseal; `scripts/bench` builds and runs it.
@main
struct FieldsealBenchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fieldseal-benchmarks", abstract: "Measures CPU time per record of transforms.")

    @Flag(help: "Print lines of JSON instead of a table.")
    var json = false

    @Option(help: "Only benchmarks whose name contains this text.")
    var filter: String?

    @Option(help: "Rounds, in which the benchmarks take turns.")
    var rounds = 9

    func run() async throws {
        let benchmarks = try TransformBenchmarks.all().filter { benchmark in
            guard let filter else { return true }
            return benchmark.name.contains(filter) || benchmark.name == TransformBenchmarks.cryptoOnly
        }
        if !json { print(BenchmarkRow.head) }
        for row in try InProcessBenchmark.measure(benchmarks, rounds: rounds, passes: 10) {
            print(json ? row.json : row.text)
        }
    }
}
