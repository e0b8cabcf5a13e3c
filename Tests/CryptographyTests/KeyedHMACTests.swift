import Testing

@testable import Cryptography

/// RFC 4231. Its shorter keys are given zeros behind, which HMAC does itself.
@Suite struct KeyedHMACTests {
    private static let vectors: [(key: [UInt8], message: [UInt8], mac: String)] = [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), [UInt8](repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
    ]

    @Test(
        "The RFC's messages have the RFC's MACs, with the key kept where OpenSSL can and with it given again",
        arguments: [KeyedHMAC.restartsWithKeptKey, false])
    func rfc4231(keepsKey: Bool) throws {
        for vector in Self.vectors {
            let hmac = try KeyedHMAC(key: Self.key(vector.key), from: 16, keepsKey: keepsKey)
            for _ in 0..<3 {
                let mac = try Self.mac(vector.message, hmac)
                #expect(mac == Array(hex: vector.mac))
                // A message that was begun and never finished leaves no trace.
                try hmac.begin()
                try vector.message.withUnsafeBytes { try hmac.update($0) }
            }
        }
    }

    private static func key(_ hmacKey: [UInt8]) throws -> DataKey {
        let padding = [UInt8](repeating: 0, count: KeyedHMAC.keyLength - hmacKey.count)
        return try DataKey(.aes128CTRHMACSHA256, [UInt8](repeating: 9, count: 16) + hmacKey + padding)
    }

    private static func mac(_ message: [UInt8], _ hmac: borrowing KeyedHMAC) throws -> [UInt8] {
        var mac: [UInt8] = []
        try hmac.begin()
        try message.withUnsafeBytes { try hmac.update($0) }
        try hmac.withFinished { mac = Array(UnsafeRawBufferPointer(start: $0, count: KeyedHMAC.keyLength)) }
        return mac
    }
}
