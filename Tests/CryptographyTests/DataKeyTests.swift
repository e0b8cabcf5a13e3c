import Records
import Testing

@testable import Cryptography

@Suite struct DataKeyTests {
    @Test("A key of another length than the algorithm's is refused", arguments: Algorithm.allCases)
    func wrongLength(_ algorithm: Algorithm) {
        for length in [0, algorithm.keyLength - 1, algorithm.keyLength + 1, algorithm.keyLength * 2] {
            #expect(throws: CryptographyError.keyLength(algorithm: algorithm, found: length)) {
                try DataKey(algorithm, [UInt8](repeating: 7, count: length))
            }
        }
    }

    @Test("Generated keys have the algorithm's length and differ", arguments: Algorithm.allCases)
    func generated(_ algorithm: Algorithm) throws {
        var seen: Set<[UInt8]> = []
        for _ in 0..<20 {
            let key = try DataKey.generate(algorithm)
            #expect(key.algorithm == algorithm)
            #expect(key.bytes.count == algorithm.keyLength)
            seen.insert(key.bytes.withUnsafeBytes { Array($0) })
        }
        #expect(seen.count == 20)
    }

    @Test("A generated key has no part that stayed zero", arguments: Algorithm.allCases)
    func filled(_ algorithm: Algorithm) throws {
        var union = [UInt8](repeating: 0, count: algorithm.keyLength)
        for _ in 0..<64 {
            try DataKey.generate(algorithm).bytes.withUnsafeBytes { bytes in
                for index in union.indices { union[index] |= bytes[index] }
            }
        }
        #expect(union.allSatisfy { $0 == 0xFF })
    }

    @Test("An error says lengths and names, never bytes", arguments: Algorithm.allCases)
    func description(_ algorithm: Algorithm) {
        let error = CryptographyError.keyLength(algorithm: algorithm, found: 5)
        #expect(
            error.description
                == "\(algorithm.rawValue) takes a key of \(algorithm.keyLength) bytes, not 5")
        #expect(!error.isTransient)
        #expect(CryptographyError.randomnessUnavailable.isTransient)
    }
}
