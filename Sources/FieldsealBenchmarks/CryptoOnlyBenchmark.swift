import Cryptography
import Records

/// Three seals with padding, additional data and base64, and nothing around them: what a record's encryption can't go
/// below.
enum CryptoOnlyBenchmark {
    private static let pad = 16

    static func make(_ customers: [Customer], algorithm: Algorithm) throws -> InProcessBenchmark {
        let fields = OutputBuffer(capacity: 1 << 20)
        var ranges: [Range<Int>] = []
        for customer in customers {
            for text in ["\"\(customer.ssn)\"", "\"\(customer.street)\"", "\"\(customer.email)\""] {
                let start = fields.count
                fields.append(Array(text.utf8))
                ranges.append(start..<fields.count)
            }
        }
        let additionalData = OutputBuffer(holding: [UInt8](repeating: 7, count: 44 + 4 + 8 + 24))
        let context = try SealingContext(key: try DataKey.generate(algorithm))
        let nonces = NonceSource()
        let padded = OutputBuffer(capacity: 1024)
        let sealed = OutputBuffer(capacity: 1024)
        let text = OutputBuffer(capacity: 1024)
        return InProcessBenchmark(
            name: "transform/crypto-only/\(algorithm.rawValue)", records: customers.count
        ) {
            for range in ranges {
                let content = fields.bytes(in: range)
                padded.removeAll()
                padded.append(content)
                padded.append(0x80)
                while padded.count % pad != 0 { padded.append(0) }
                sealed.removeAll()
                let count = padded.count + algorithm.overhead
                try context.seal(
                    padded.bytes, aad: additionalData.bytes, nonces: nonces, into: sealed.reserve(count))
                sealed.commit(count)
                text.removeAll()
                Base64.encode(sealed.bytes, into: text.reserve(Base64.encodedCount(count)))
                text.commit(Base64.encodedCount(count))
            }
        }
    }
}
