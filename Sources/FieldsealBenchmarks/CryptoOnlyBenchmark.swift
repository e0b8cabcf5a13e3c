import Cryptography
import Formats
import Records

/// The three seals of a record and nothing around them: what a record's encryption can't go below.
///
/// Each field's bytes are read from where they lie in the record's payload, padded, sealed under the additional data that the
/// wire format asks for (44 bytes of magic and hash, the record's key, then part, type and path), and written as base64
/// to an output buffer. Nothing is searched, spliced or checked, and there are no headers.
final class CryptoOnlyBenchmark {
    private static let pad = 16

    private let records: RecordStore
    private let algorithm: Algorithm
    private let context: SealingContext
    private let nonces = NonceSource()
    private var fields: [[Range<Int>]] = []
    private let ends: [OutputBuffer]
    private let head = OutputBuffer(holding: Array("fieldseal/1\n".utf8) + [UInt8](repeating: 7, count: 32))
    private let additionalData = OutputBuffer(capacity: 512)
    private let padded = OutputBuffer(capacity: 1024)
    private let sealed = OutputBuffer(capacity: 1024)
    private let out = OutputBuffer(capacity: 1024)

    /// Makes the benchmark of one algorithm over JSON records.
    static func make(_ records: RecordStore, algorithm: Algorithm) throws -> InProcessBenchmark {
        let benchmark = try CryptoOnlyBenchmark(records, algorithm: algorithm)
        return InProcessBenchmark(
            name: "transform/crypto-only/\(algorithm.rawValue)", records: records.views.count
        ) {
            try benchmark.sealAll()
        }
    }

    private init(_ records: RecordStore, algorithm: Algorithm) throws {
        self.records = records
        self.algorithm = algorithm
        context = try SealingContext(key: try DataKey.generate(algorithm))
        ends = Customer.sealedPaths.map { OutputBuffer(holding: Array("value\njson\n\($0)".utf8)) }
        let plan = JSONPlan(paths: try Customer.sealedPaths.map { try FieldPath(parsing: $0) })
        let scanner = JSONFieldScanner()
        for record in records.views {
            guard let value = record.value else { continue }
            try scanner.scan(value, plan: plan)
            var ranges = [Range<Int>](repeating: 0..<0, count: plan.ruleCount)
            for match in scanner.matches { ranges[match.rule] = match.content }
            fields.append(ranges)
        }
    }

    private func sealAll() throws {
        for (index, record) in records.views.enumerated() {
            guard let value = record.value, let key = record.key else { continue }
            additionalData.removeAll()
            additionalData.append(head.bytes)
            withUnsafeBytes(of: UInt32(key.count).bigEndian) { additionalData.append($0) }
            additionalData.append(key)
            let shared = additionalData.count
            out.removeAll()
            for rule in ends.indices {
                additionalData.truncate(to: shared)
                additionalData.append(ends[rule].bytes)
                try seal(value.bytes(in: fields[index][rule]))
            }
        }
    }

    private func seal(_ content: UnsafeRawBufferPointer) throws(CryptographyError) {
        padded.removeAll()
        padded.append(content)
        padded.append(0x80)
        while padded.count % Self.pad != 0 { padded.append(0) }
        sealed.removeAll()
        let count = padded.count + algorithm.overhead
        try context.seal(padded.bytes, aad: additionalData.bytes, nonces: nonces, into: sealed.reserve(count))
        sealed.commit(count)
        let text = Base64.encodedCount(count)
        Base64.encode(sealed.bytes, into: out.reserve(text))
        out.commit(text)
    }
}
