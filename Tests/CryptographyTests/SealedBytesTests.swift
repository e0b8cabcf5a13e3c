import Testing

@testable import Cryptography

@Suite struct SealedBytesTests {
    private static let message = Array("4711-0815 is a card number".utf8)
    private static let aad = Array("fieldseal/1\nvalue\nstring\ncard".utf8)

    @Test("What is sealed opens again, whatever its length and its AAD's", arguments: Algorithm.allCases)
    func roundTrip(_ algorithm: Algorithm) throws {
        var random = SeededGenerator(seed: 1)
        let key = try DataKey.generate(algorithm)
        let sealing = try SealingContext(key: key)
        let opening = try OpeningContext(key: key)
        let nonces = NonceSource()
        for length in Array(0...130) + [255, 256, 1000, 4095, 65_537] {
            let plaintext = random.bytes(length)
            let aad = random.bytes(length % 97)
            let sealed = try sealing.seal(plaintext, aad: aad, nonces: nonces)
            #expect(sealed.count == length + algorithm.overhead)
            #expect(try opening.open(sealed, aad: aad) == plaintext)
        }
    }

    @Test("Buffers without a base address are empty data and empty AAD", arguments: Algorithm.allCases)
    func nullBuffers(_ algorithm: Algorithm) throws {
        let key = try DataKey.generate(algorithm)
        let null = UnsafeRawBufferPointer(start: nil, count: 0)
        var sealed = [UInt8](repeating: 0, count: algorithm.overhead)
        let sealing = try SealingContext(key: key)
        try sealed.withUnsafeMutableBytes {
            try sealing.seal(null, aad: null, nonces: NonceSource(), into: $0.baseAddress!)
        }
        let opening = try OpeningContext(key: key)
        #expect(try opening.open(sealed, aad: []) == [])
        #expect(opening.attempt(sealed, aad: [0]).error == .authenticationFailed)
        var out: UInt8 = 0
        #expect(throws: CryptographyError.authenticationFailed) { try opening.open(null, aad: null, into: &out) }
    }

    @Test("A ciphertext with any one bit changed does not open and leaves nothing", arguments: Algorithm.allCases)
    func tampered(_ algorithm: Algorithm) throws {
        let key = try DataKey.generate(algorithm)
        let opening = try OpeningContext(key: key)
        let sealed = try SealingContext(key: key).seal(Self.message, aad: Self.aad, nonces: NonceSource())
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            expectRefused(opening.attempt(changed, aad: Self.aad), Self.message.count)
        }
        #expect(try opening.open(sealed, aad: Self.aad) == Self.message)
    }

    @Test("A ciphertext with any one bit of its AAD changed does not open", arguments: Algorithm.allCases)
    func wrongAAD(_ algorithm: Algorithm) throws {
        let key = try DataKey.generate(algorithm)
        let opening = try OpeningContext(key: key)
        let sealed = try SealingContext(key: key).seal(Self.message, aad: Self.aad, nonces: NonceSource())
        for bit in 0..<Self.aad.count * 8 {
            var changed = Self.aad
            changed[bit / 8] ^= 1 << (bit % 8)
            expectRefused(opening.attempt(sealed, aad: changed), Self.message.count)
        }
        expectRefused(opening.attempt(sealed, aad: []), Self.message.count)
        expectRefused(opening.attempt(sealed, aad: Self.aad.dropLast()), Self.message.count)
        expectRefused(opening.attempt(sealed, aad: Self.aad + [0]), Self.message.count)
    }

    @Test("A ciphertext that is cut short or made longer does not open", arguments: Algorithm.allCases)
    func cut(_ algorithm: Algorithm) throws {
        let key = try DataKey.generate(algorithm)
        let opening = try OpeningContext(key: key)
        let sealed = try SealingContext(key: key).seal(Self.message, aad: Self.aad, nonces: NonceSource())
        for length in 0..<sealed.count {
            let count = max(0, length - algorithm.overhead)
            expectRefused(opening.attempt(Array(sealed.prefix(length)), aad: Self.aad), count)
            expectRefused(opening.attempt(Array(sealed.suffix(length)), aad: Self.aad), count)
        }
        expectRefused(opening.attempt(sealed + [0], aad: Self.aad), Self.message.count + 1)
        expectRefused(opening.attempt([0] + sealed, aad: Self.aad), Self.message.count + 1)
    }

    /// AAD and ciphertext are told apart: moving the border between them must not pass.
    @Test("Bytes can't move between AAD and ciphertext", arguments: Algorithm.allCases)
    func border(_ algorithm: Algorithm) throws {
        let key = try DataKey.generate(algorithm)
        let opening = try OpeningContext(key: key)
        let sealed = try SealingContext(key: key).seal(Self.message, aad: Self.aad, nonces: NonceSource())
        for moved in 1...algorithm.nonceLength {
            let aad = Self.aad + sealed.prefix(moved)
            expectRefused(
                opening.attempt(Array(sealed.dropFirst(moved)), aad: aad), Self.message.count - moved)
        }
    }

    @Test("Another key does not open it", arguments: Algorithm.allCases)
    func wrongKey(_ algorithm: Algorithm) throws {
        var random = SeededGenerator(seed: 2)
        let bytes = random.bytes(algorithm.keyLength)
        let sealing = try SealingContext(key: DataKey(algorithm, bytes))
        let sealed = try sealing.seal(Self.message, aad: Self.aad, nonces: NonceSource())
        let halves = algorithm.keyLength > 32 ? [0, algorithm.keyLength - 1] : [0]
        for changed in halves {
            var other = bytes
            other[changed] ^= 1
            let outcome = try OpeningContext(key: DataKey(algorithm, other)).attempt(sealed, aad: Self.aad)
            if algorithm.keyLength > 32 && changed == 0 {
                // The MAC has a key of its own; nothing else than the plaintext depends on the AES key.
                #expect(outcome.plaintext != Self.message)
            } else {
                expectRefused(outcome, Self.message.count)
            }
        }
    }

    @Test("More than OpenSSL can count is an error before a byte is read", arguments: Algorithm.allCases)
    func tooLarge(_ algorithm: Algorithm) throws {
        let key = try DataKey.generate(algorithm)
        let sealing = try SealingContext(key: key)
        let opening = try OpeningContext(key: key)
        var byte: UInt8 = 0
        withUnsafeMutableBytes(of: &byte) { place in
            // No such bytes lie there: reading or writing one would crash.
            let huge = UnsafeRawBufferPointer(start: place.baseAddress, count: Int(Int32.max) + 1000)
            let small = UnsafeRawBufferPointer(start: place.baseAddress, count: 0)
            let isTooLarge = { (error: any Error) -> Bool in
                if case .tooLarge? = error as? CryptographyError { true } else { false }
            }
            #expect(
                performing: { try sealing.seal(huge, aad: small, nonces: NonceSource(), into: place.baseAddress!) },
                throws: isTooLarge)
            #expect(
                performing: { try sealing.seal(small, aad: huge, nonces: NonceSource(), into: place.baseAddress!) },
                throws: isTooLarge)
            #expect(
                performing: { _ = try opening.open(huge, aad: small, into: place.baseAddress!) }, throws: isTooLarge)
        }
        #expect(byte == 0)
    }

    @Test("An explicit nonce of another length is refused", arguments: Algorithm.allCases)
    func nonceLength(_ algorithm: Algorithm) throws {
        let context = try SealingContext(key: DataKey.generate(algorithm))
        for length in [0, algorithm.nonceLength - 1, algorithm.nonceLength + 1] {
            #expect(throws: CryptographyError.nonceLength(algorithm: algorithm, found: length)) {
                try context.seal([1], aad: [], nonce: [UInt8](repeating: 0, count: length))
            }
        }
    }

    private func expectRefused(
        _ outcome: OpeningContext.Outcome, _ count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.error == .authenticationFailed, sourceLocation: sourceLocation)
        // With too few bytes there is no plaintext to make, and the buffer stays as it was.
        let touched = outcome.buffer.prefix { $0 != 0xEE }
        #expect(touched.allSatisfy { $0 == 0 } && touched.count <= count, sourceLocation: sourceLocation)
        #expect(outcome.buffer.dropFirst(count).allSatisfy { $0 == 0xEE }, sourceLocation: sourceLocation)
        #expect(outcome.buffer.prefix(count).allSatisfy { $0 == 0 }, sourceLocation: sourceLocation)
    }
}
