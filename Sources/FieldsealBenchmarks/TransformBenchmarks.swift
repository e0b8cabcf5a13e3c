import Cryptography

/// The transform of each format in both directions, beside the cryptography alone; no broker.
enum TransformBenchmarks {
    /// What the transforms are measured against.
    static let baseline = "transform/crypto-only/AES256_GCM"

    /// The names of all rows.
    static let names =
        Algorithm.allCases.map { "transform/crypto-only/\($0.rawValue)" }
        + BenchmarkFormat.allCases.flatMap { ["transform/\($0)/encrypt", "transform/\($0)/decrypt"] } + [timed]
    /// Encryption of JSON as a worker does it, with the time of some transforms taken for the metrics.
    private static let timed = "transform/json/encrypt-timed"

    /// Makes the benchmarks with these names.
    static func make(_ names: Set<String>, of data: BenchmarkData) throws -> [InProcessBenchmark] {
        let records = data.plain(.json)
        var benchmarks = try Algorithm.allCases.map { try CryptoOnlyBenchmark.make(records, algorithm: $0) }
        for format in BenchmarkFormat.allCases {
            let (encryptor, decryptor) = (try data.transforms.encryptor(format), try data.transforms.decryptor(format))
            let (plain, sealed) = (data.plain(format), try data.sealed(format))
            benchmarks += [
                InProcessBenchmark(
                    name: "transform/\(format)/encrypt", records: plain.views.count, baseline: baseline
                ) { try BenchmarkTransforms.run(encryptor, over: plain) },
                InProcessBenchmark(
                    name: "transform/\(format)/decrypt", records: sealed.views.count, baseline: baseline
                ) { try BenchmarkTransforms.run(decryptor, over: sealed) },
            ]
        }
        benchmarks.append(try makeTimed(data))
        return benchmarks.filter { names.contains($0.name) }
    }

    private static func makeTimed(_ data: BenchmarkData) throws -> InProcessBenchmark {
        let transform = TimedTransform(try data.transforms.encryptor(.json))
        let plain = data.plain(.json)
        return InProcessBenchmark(
            name: timed, records: plain.views.count, baseline: "transform/json/encrypt", kind: .untimed
        ) { try BenchmarkTransforms.run(transform, over: plain) }
    }
}
