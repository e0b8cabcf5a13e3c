import Cryptography
import KeyManagement
import Records
import Transform

/// Whole values of 1 KB, sealed and opened, beside one seal of the same bytes and nothing around it.
enum PayloadBenchmarks {
    private static let oneSeal = "transform/crypto-only/payload"

    /// The names of all rows.
    static let names = [oneSeal, "transform/payload/encrypt", "transform/payload/decrypt"]

    /// The names of the rows that are measured where those of `names` are asked for.
    static func needed(for names: Set<String>) -> Set<String> {
        names.isDisjoint(with: Self.names) ? [] : names.intersection(Self.names).union([oneSeal])
    }

    /// Makes the benchmarks with these names.
    static func make(_ names: Set<String>, of data: BenchmarkData) throws -> [InProcessBenchmark] {
        let plain = data.plain(.json)
        let encryptor = try data.transforms.payloadEncryptor()
        let decryptor = try data.transforms.decryptor(.json)
        let sealed = try data.sealedWhole()
        let seals = try OneSeal(plain)
        let all = [
            InProcessBenchmark(name: oneSeal, records: plain.views.count) { try seals.run() },
            InProcessBenchmark(
                name: "transform/payload/encrypt", records: plain.views.count, baseline: oneSeal
            ) { try BenchmarkTransforms.run(encryptor, over: plain) },
            InProcessBenchmark(
                name: "transform/payload/decrypt", records: sealed.views.count, baseline: oneSeal
            ) { try BenchmarkTransforms.run(decryptor, over: sealed) },
        ]
        return all.filter { names.contains($0.name) }
    }
}

/// One seal of each record's value under the additional data that the wire format asks for.
private final class OneSeal {
    private let records: RecordStore
    private let context: SealingContext
    private let nonces = NonceSource()
    private let head = OutputBuffer(holding: Array("fieldseal/1\n".utf8) + [UInt8](repeating: 7, count: 32))
    private let end = OutputBuffer(holding: Array("value\npayload\n".utf8))
    private let additionalData = OutputBuffer(capacity: 512)
    private let out = OutputBuffer(capacity: 4096)

    init(_ records: RecordStore) throws {
        self.records = records
        context = try SealingContext(key: try DataKey.generate(.aes256GCM))
    }

    func run() throws {
        for record in records.views {
            guard let value = record.value, let key = record.key else { continue }
            additionalData.removeAll()
            additionalData.append(head.bytes)
            withUnsafeBytes(of: UInt32(key.count).bigEndian) { additionalData.append($0) }
            additionalData.append(key)
            additionalData.append(end.bytes)
            out.removeAll()
            let count = value.count + context.algorithm.overhead
            try context.seal(value, aad: additionalData.bytes, nonces: nonces, into: out.reserve(count))
            out.commit(count)
        }
    }
}
