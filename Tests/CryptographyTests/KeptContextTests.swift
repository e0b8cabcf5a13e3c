import Testing

@testable import Cryptography

@Suite struct KeptContextTests {
    @Test("A kept context gives what a fresh one gives, message after message", arguments: Algorithm.allCases)
    func sealing(_ algorithm: Algorithm) throws {
        var random = SeededGenerator(seed: 3)
        let key = try DataKey(algorithm, random.bytes(algorithm.keyLength))
        let kept = try SealingContext(key: key)
        for _ in 0..<150 {
            let plaintext = random.bytes(Int.random(in: 0...200, using: &random))
            let aad = random.bytes(Int.random(in: 0...100, using: &random))
            let nonce = random.bytes(algorithm.nonceLength)
            let fresh = try SealingContext(key: key)
            let expected = try fresh.seal(plaintext, aad: aad, nonce: nonce)
            #expect(try kept.seal(plaintext, aad: aad, nonce: nonce) == expected)
        }
    }

    @Test("A forgery does not spoil the context for the next message", arguments: Algorithm.allCases)
    func openingAfterForgery(_ algorithm: Algorithm) throws {
        var random = SeededGenerator(seed: 4)
        let key = try DataKey(algorithm, random.bytes(algorithm.keyLength))
        let sealing = try SealingContext(key: key)
        let opening = try OpeningContext(key: key)
        let nonces = NonceSource()
        for _ in 0..<150 {
            let plaintext = random.bytes(Int.random(in: 0...200, using: &random))
            let aad = random.bytes(Int.random(in: 0...100, using: &random))
            let sealed = try sealing.seal(plaintext, aad: aad, nonces: nonces)
            var forged = sealed
            forged[Int.random(in: 0..<sealed.count, using: &random)] ^= 0x20
            #expect(opening.attempt(forged, aad: aad).error == .authenticationFailed)
            #expect(try opening.open(sealed, aad: aad) == plaintext)
        }
    }

    @Test("The nonce comes first and is the one that was drawn", arguments: Algorithm.allCases)
    func nonceFirst(_ algorithm: Algorithm) throws {
        var random = SeededGenerator(seed: 5)
        let bytes = random.bytes(algorithm.nonceLength * 3)
        let nonces = NonceSource(fixed: bytes)
        let context = try SealingContext(key: DataKey.generate(algorithm))
        for index in 0..<3 {
            let sealed = try context.seal([1, 2, 3], aad: [], nonces: nonces)
            let drawn = bytes[index * algorithm.nonceLength..<(index + 1) * algorithm.nonceLength]
            #expect(sealed.prefix(algorithm.nonceLength) == drawn)
        }
        #expect(throws: CryptographyError.randomnessUnavailable) {
            try context.seal([1, 2, 3], aad: [], nonces: nonces)
        }
    }

    @Test("Contexts of one key work in many threads at once, from the libraries' first use on")
    func threads() async throws {
        let keys = try Algorithm.allCases.map { try DataKey.generate($0) }
        let opened = try await withThrowingTaskGroup(of: Int.self) { group in
            for seed in 0..<8 {
                group.addTask { try Self.sealAndOpen(keys, seed: UInt64(seed)) }
            }
            return try await group.reduce(0, +)
        }
        #expect(opened == 8 * keys.count * 50)
    }

    private static func sealAndOpen(_ keys: [DataKey], seed: UInt64) throws -> Int {
        var random = SeededGenerator(seed: seed)
        let nonces = NonceSource()
        var opened = 0
        for key in keys {
            let sealing = try SealingContext(key: key)
            let opening = try OpeningContext(key: key)
            for _ in 0..<50 {
                let plaintext = random.bytes(40)
                let sealed = try sealing.seal(plaintext, aad: [1], nonces: nonces)
                if try opening.open(sealed, aad: [1]) == plaintext { opened += 1 }
            }
        }
        return opened
    }
}
