import Transform

/// Avro that becomes JSON text, sealed and opened, beside a C library that only makes JSON of it.
enum ConversionBenchmarks {
    private static let avroC = "convert/avro-c/to-json"

    /// The names of all rows.
    static let names = [avroC, "convert/avro/encrypt", "convert/avro/decrypt"]

    /// The names of the rows that are measured where those of `names` are asked for.
    static func needed(for names: Set<String>) -> Set<String> {
        names.isDisjoint(with: Self.names) ? [] : names.intersection(Self.names).union([avroC])
    }

    /// Makes the benchmarks with these names.
    static func make(_ names: Set<String>, of data: BenchmarkData) throws -> [InProcessBenchmark] {
        let plain = data.plain(.avro)
        let sealed = try data.converted(.avro)
        let encryptor = try data.transforms.encryptor(.avro, schemaDataMode: .convertJSON)
        let decryptor = try data.transforms.decryptor(.avro)
        let reader = try AvroCReader(schema: Customer.avroSchema)
        let all = [
            InProcessBenchmark(name: avroC, records: plain.views.count) {
                for record in plain.views { try reader.convert(record.value ?? .init(start: nil, count: 0)) }
            },
            InProcessBenchmark(
                name: "convert/avro/encrypt", records: plain.views.count, baseline: avroC, kind: .avroC
            ) { try BenchmarkTransforms.run(encryptor, over: plain) },
            InProcessBenchmark(
                name: "convert/avro/decrypt", records: sealed.views.count, baseline: avroC, kind: .avroC
            ) { try BenchmarkTransforms.run(decryptor, over: sealed) },
        ]
        return all.filter { names.contains($0.name) }
    }
}
