import Formats
import Records
import Testing

@Suite("Payloads are compressed and come back, whatever hostile bytes come in between")
struct PayloadCompressorTests {
    private static let compressions = Compression.allCases.filter { $0 != .none }

    @Test("Every size comes back, with contexts used again and again", arguments: Compression.allCases)
    func roundTrips(compression: Compression) throws {
        let compressor = PayloadCompressor()
        var state: UInt64 = 20_261_124
        for size in [0, 1, 2, 63, 64, 65, 1_000, 65_535, 65_536, 65_537, 300_000, 3, 5_000_000, 0] {
            let payload = (0..<size).map { index -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return index % 3 == 0 ? UInt8(truncatingIfNeeded: state >> 56) : 0x61
            }
            let compressed = try Self.compress(payload, compression, compressor)
            #expect(try Self.decompress(compressed, compression, maximum: size, compressor) == payload)
        }
    }

    @Test("What is larger than allowed stops, and the compressor goes on", arguments: compressions)
    func bounded(compression: Compression) throws {
        let compressor = PayloadCompressor()
        let bomb = try Self.compress([UInt8](repeating: 0, count: 50_000_000), compression, compressor)
        for maximum in [0, 1, 1_000, 1_000_000, 49_999_999] {
            let out = OutputBuffer()
            #expect(throws: CompressionError.tooLarge(maximum: maximum)) {
                try bomb.withUnsafeBytes {
                    try compressor.decompress($0, by: compression, maximum: maximum, into: out)
                }
            }
            #expect(out.count <= maximum + 1)
        }
        let small = try Self.compress([1, 2, 3], compression, compressor)
        #expect(try Self.decompress(small, compression, maximum: .max, compressor) == [1, 2, 3])
    }

    @Test("Cut, doubled and lengthened texts are refused", arguments: compressions)
    func malformed(compression: Compression) throws {
        let compressor = PayloadCompressor()
        let payload = Array("compressible compressible compressible, and something else".utf8)
        let compressed = try Self.compress(payload, compression, compressor)
        for count in 0..<compressed.count {
            let cut = Array(compressed.prefix(count))
            #expect(throws: CompressionError.malformed(compression)) {
                try Self.decompress(cut, compression, maximum: 1_000, compressor)
            }
        }
        for longer in [compressed + compressed, compressed + [0]] {
            #expect(throws: CompressionError.malformed(compression)) {
                try Self.decompress(longer, compression, maximum: 1_000, compressor)
            }
        }
        #expect(try Self.decompress(compressed, compression, maximum: 1_000, compressor) == payload)
    }

    @Test("Random and changed bytes never do harm", arguments: compressions)
    func hostile(compression: Compression) throws {
        let compressor = PayloadCompressor()
        let whole = try Self.compress(Array(String(repeating: "abcabcabd", count: 200).utf8), compression, compressor)
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        for _ in 0..<3_000 {
            var bytes = whole
            for _ in 0...next(4) { bytes[next(bytes.count)] = UInt8(next(256)) }
            if next(5) == 0 { bytes = (0..<next(100)).map { _ in UInt8(next(256)) } }
            let out = OutputBuffer()
            do {
                try bytes.withUnsafeBytes {
                    try compressor.decompress($0, by: compression, maximum: 100_000, into: out)
                }
                #expect(out.count <= 100_000)
            } catch {
                #expect(error is CompressionError)
            }
        }
    }

    private static func compress(
        _ payload: [UInt8], _ compression: Compression, _ compressor: PayloadCompressor
    ) throws -> [UInt8] {
        let out = OutputBuffer()
        try payload.withUnsafeBytes { try compressor.compress($0, by: compression, into: out) }
        return Array(out.bytes)
    }

    private static func decompress(
        _ compressed: [UInt8], _ compression: Compression, maximum: Int, _ compressor: PayloadCompressor
    ) throws -> [UInt8] {
        let out = OutputBuffer()
        try compressed.withUnsafeBytes {
            try compressor.decompress($0, by: compression, maximum: maximum, into: out)
        }
        return Array(out.bytes)
    }
}
