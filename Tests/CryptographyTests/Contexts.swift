import Records

@testable import Cryptography

extension DataKey {
    convenience init(_ algorithm: Algorithm, _ bytes: [UInt8]) throws(CryptographyError) {
        let secret = bytes.withUnsafeBytes { SecretBytes(copying: $0) }
        try self.init(algorithm: algorithm, bytes: secret)
    }
}

extension SealingContext {
    func seal(_ plaintext: [UInt8], aad: [UInt8], nonce: [UInt8]) throws -> [UInt8] {
        try withBuffers(plaintext, aad) { plaintext, aad, out in
            try nonce.withUnsafeBytes { try seal(plaintext, aad: aad, nonce: $0, into: out) }
        }
    }

    func seal(_ plaintext: [UInt8], aad: [UInt8], nonces: NonceSource) throws -> [UInt8] {
        try withBuffers(plaintext, aad) { plaintext, aad, out in
            try seal(plaintext, aad: aad, nonces: nonces, into: out)
        }
    }

    private func withBuffers(
        _ plaintext: [UInt8], _ aad: [UInt8],
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeMutableRawPointer) throws -> Void
    ) throws -> [UInt8] {
        var out = [UInt8](repeating: 0xEE, count: plaintext.count + algorithm.overhead + 8)
        try plaintext.withUnsafeBytes { plaintext in
            try aad.withUnsafeBytes { aad in
                try out.withUnsafeMutableBytes { try body(plaintext, aad, $0.baseAddress!) }
            }
        }
        // A write behind the end would show.
        precondition(out.suffix(8).allSatisfy { $0 == 0xEE })
        return out.dropLast(8)
    }
}

extension OpeningContext {
    /// What one call did: its plaintext or error, and every byte of the buffer that it was given.
    struct Outcome {
        var plaintext: [UInt8]?
        var error: CryptographyError?
        var buffer: [UInt8]
    }

    /// Opens into a buffer of 0xEE that is 8 bytes longer than `sealed`.
    func attempt(_ sealed: [UInt8], aad: [UInt8]) -> Outcome {
        var buffer = [UInt8](repeating: 0xEE, count: sealed.count + 8)
        let result: Result<Int, CryptographyError> = sealed.withUnsafeBytes { sealed in
            aad.withUnsafeBytes { aad in
                buffer.withUnsafeMutableBytes { out in
                    Result { () throws(CryptographyError) in try open(sealed, aad: aad, into: out.baseAddress!) }
                }
            }
        }
        switch result {
        case .success(let count): return Outcome(plaintext: Array(buffer.prefix(count)), error: nil, buffer: buffer)
        case .failure(let error): return Outcome(plaintext: nil, error: error, buffer: buffer)
        }
    }

    func open(_ sealed: [UInt8], aad: [UInt8]) throws -> [UInt8] {
        let outcome = attempt(sealed, aad: aad)
        if let error = outcome.error { throw error }
        return outcome.plaintext ?? []
    }
}
