import Testing

@testable import Cryptography

@Suite struct NonceSourceTests {
    private struct Nonce: Hashable {
        var high: UInt64
        var low: UInt32
    }

    @Test("A million nonces are all different")
    func neverRepeats() throws {
        let source = NonceSource()
        var seen: Set<Nonce> = []
        seen.reserveCapacity(1_000_000)
        var drawn = (UInt32(0), UInt32(0), UInt32(0))
        for _ in 0..<1_000_000 {
            try withUnsafeMutableBytes(of: &drawn) { try source.draw(12, into: $0.baseAddress!) }
            seen.insert(Nonce(high: UInt64(drawn.0) << 32 | UInt64(drawn.1), low: drawn.2))
        }
        #expect(seen.count == 1_000_000)
    }

    @Test("Draws of different lengths never share bytes, across refills too")
    func mixedLengths() throws {
        let source = NonceSource()
        var windows: Set<UInt64> = []
        var expected = 0
        var out = [UInt8](repeating: 0, count: 24)
        for round in 0..<30_000 {
            let count = [12, 16, 24][round % 3]
            try out.withUnsafeMutableBytes { try source.draw(count, into: $0.baseAddress!) }
            for start in 0...(count - 8) {
                windows.insert(out.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt64.self) })
                expected += 1
            }
        }
        #expect(windows.count == expected)
    }

    @Test("Two sources never give the same nonce")
    func twoSources() throws {
        let sources = [NonceSource(), NonceSource()]
        var seen: Set<[UInt8]> = []
        for _ in 0..<1000 {
            for source in sources { seen.insert(try draw(12, from: source)) }
        }
        #expect(seen.count == 2000)
    }

    @Test("A nonce is wiped from the pool when it is handed out")
    func wiped() throws {
        let source = NonceSource(fixed: Array(1...40))
        #expect(try draw(12, from: source) == Array(1...12))
        #expect(poolBytes(of: source) == [UInt8](repeating: 0, count: 12) + Array(13...40))
        #expect(try draw(24, from: source) == Array(13...36))
        #expect(poolBytes(of: source) == [UInt8](repeating: 0, count: 36) + Array(37...40))
    }

    @Test("A fixed source throws when it has too few bytes left")
    func fixed() throws {
        let source = NonceSource(fixed: Array(1...15))
        #expect(try draw(12, from: source) == Array(1...12))
        #expect(throws: CryptographyError.randomnessUnavailable) { try draw(12, from: source) }
        #expect(throws: CryptographyError.randomnessUnavailable) { try draw(1, from: NonceSource(fixed: [])) }
    }

    @Test("More than a pool in one draw is an error")
    func tooMuch() throws {
        let source = NonceSource()
        #expect(throws: CryptographyError.randomnessUnavailable) { try draw(4097, from: source) }
        #expect(Set(try draw(4096, from: source)).count > 200)
    }

    private func draw(_ count: Int, from source: NonceSource) throws -> [UInt8] {
        var out = [UInt8](repeating: 0, count: count)
        try out.withUnsafeMutableBytes { try source.draw(count, into: $0.baseAddress!) }
        return out
    }

    private func poolBytes(of source: NonceSource) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: source.pool, count: source.size))
    }
}
