import Cryptography
import KeyManagement
import Records
import Transform

/// JSON records whose key-encryption key is named by a template: each record another of 10,000, beside all the same one.
enum ManyKeysBenchmarks {
    private static let oneKey = "transform/json/encrypt/1-key"
    private static let manyKeys = "transform/json/encrypt/10000-keys"
    private static let count = 10_000

    /// The names of all rows.
    static let names = [oneKey, manyKeys]

    /// Makes both benchmarks, since one is measured against the other; none where no name of theirs is asked for.
    static func make(_ names: Set<String>) throws -> [InProcessBenchmark] {
        guard !names.isDisjoint(with: Self.names) else { return [] }
        var generator = SeededGenerator(seed: 20_261_124)
        let values = (0..<count).map { _ in Customer(using: &generator).json }
        let keys = (0..<count).map { "tenant-\(10_000 + $0)" }
        let cache = try DataKeyCache(
            KeyManagementSettings(maxKeys: 2 * count, inMemory: InMemorySettings(randomKeys: keys)))
        return [
            try benchmark(oneKey, records: values.map { (keys[0], $0) }, cache),
            try benchmark(manyKeys, records: Array(zip(keys, values)), cache, baseline: oneKey),
        ]
    }

    private static func benchmark(
        _ name: String, records: [(key: String, value: [UInt8])], _ cache: DataKeyCache, baseline: String? = nil
    ) throws -> InProcessBenchmark {
        let store = RecordStore(topic: "customers", records.map { (Array($0.key.utf8), $0.value, []) })
        let rules = EncryptionRules(
            format: .json,
            valueFields: try Customer.sealedPaths.map {
                FieldRule(
                    path: try FieldPath(parsing: $0),
                    key: try KeySecretTemplate(parsing: "in-memory-kms://{{record.key}}"), algorithm: .aes256GCM)
            })
        let encryptor = try RecordEncryptor(
            rules: rules, target: "customers.encrypted", keys: DataKeyReader(cache: cache))
        return InProcessBenchmark(name: name, records: count, baseline: baseline, kind: .oneKey) {
            try BenchmarkTransforms.run(encryptor, over: store)
        }
    }
}
