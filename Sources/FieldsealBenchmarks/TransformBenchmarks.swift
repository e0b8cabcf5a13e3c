import Cryptography
import KeyManagement
import Records
import Transform

/// The transform of each format in both directions, beside the cryptography alone.
enum TransformBenchmarks {
    static let cryptoOnly = "transform/crypto-only/AES256_GCM"
    private static let keyAddress = "in-memory-kms://bench"
    private static let source = "customers"
    private static let target = "customers.encrypted"

    /// Makes all benchmarks over 4,000 different customers.
    static func all() throws -> [InProcessBenchmark] {
        var generator = SeededGenerator(seed: 20_261_124)
        let customers = (0..<4_000).map { _ in Customer(using: &generator) }
        let cache = try DataKeyCache(KeyManagementSettings(inMemory: InMemorySettings(randomKeys: ["bench"])))
        let records = RecordStore(topic: source, customers.map { (Array("\($0.id)".utf8), $0.json, []) })
        var benchmarks = try Algorithm.allCases.map { try CryptoOnlyBenchmark.make(records, algorithm: $0) }
        benchmarks += try transforms(customers, cache: cache, format: .json, name: "json", value: \.json)
        benchmarks += try transforms(customers, cache: cache, format: .avro, name: "avro", value: \.avro)
        return benchmarks
    }

    private static func transforms(
        _ customers: [Customer], cache: DataKeyCache, format: PayloadFormat, name: String,
        value: KeyPath<Customer, [UInt8]>
    ) throws -> [InProcessBenchmark] {
        let schema = format == .avro ? Customer.avroSchema : nil
        let plain = RecordStore(
            topic: source, customers.map { (Array("\($0.id)".utf8), $0[keyPath: value], []) })
        let encryptor = try RecordEncryptor(
            rules: EncryptionRules(
                format: format,
                valueFields: try Customer.sealedPaths.map {
                    FieldRule(
                        path: try FieldPath(parsing: $0), key: try KeySecretTemplate(parsing: keyAddress),
                        algorithm: .aes256GCM)
                }, schemaText: schema),
            target: target, keys: DataKeyReader(cache: cache))
        let decryptor = try RecordDecryptor(
            rules: DecryptionRules(
                errorPolicy: .fail, keks: [try KeySecretPattern(parsing: keyAddress)], schemaText: schema),
            keys: DataKeyReader(cache: cache))
        var sealed: [(key: [UInt8], value: [UInt8], headers: [(name: [UInt8], value: [UInt8])])] = []
        try run(encryptor, over: plain) { record in
            sealed.append(
                (
                    Array(record.key ?? .init(start: nil, count: 0)),
                    Array(record.value ?? .init(start: nil, count: 0)),
                    record.headers.map { (Array($0.name), Array($0.value ?? .init(start: nil, count: 0))) }
                ))
        }
        let encrypted = RecordStore(topic: target, sealed)
        return [
            InProcessBenchmark(name: "transform/\(name)/encrypt", records: customers.count, baseline: cryptoOnly) {
                try run(encryptor, over: plain)
            },
            InProcessBenchmark(name: "transform/\(name)/decrypt", records: customers.count, baseline: cryptoOnly) {
                try run(decryptor, over: encrypted)
            },
        ]
    }

    private static func run(
        _ transform: any RecordTransform, over store: RecordStore, _ use: (RecordView) -> Void = { _ in }
    ) throws {
        for record in store.views {
            while true {
                do throws(TransformError) {
                    use(try transform.transform(record, now: DataKeyCache.now()))
                    break
                } catch {
                    guard let need = error.need, transform.obtain(need, within: 10_000) else { throw error }
                }
            }
        }
    }
}
