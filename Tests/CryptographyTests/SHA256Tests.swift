import Testing

@testable import Cryptography

@Suite struct SHA256Tests {
    @Test(
        "The examples of FIPS 180 digest to what it says",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func examples(_ text: String, _ hex: String) {
        let bytes = Array(text.utf8)
        let digest = bytes.withUnsafeBytes { SHA256.digest($0) }
        #expect(digest.withUnsafeBytes { Array($0) } == Array(hex: hex))
        var out = [UInt8](repeating: 0, count: 32)
        out.withUnsafeMutableBytes { out in
            bytes.withUnsafeBytes { SHA256.digest($0, into: out.baseAddress!) }
        }
        #expect(out == Array(hex: hex))
    }

    @Test("A buffer without a base address is the empty message")
    func nullBuffer() {
        let digest = SHA256.digest(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(digest == [UInt8]().withUnsafeBytes { SHA256.digest($0) })
        #expect(digest.withUnsafeBytes { $0.count } == SHA256Digest.count)
    }

    @Test("Digests are equal exactly when their bytes are")
    func equality() {
        let one = Array("one".utf8).withUnsafeBytes { SHA256.digest($0) }
        let again = Array("one".utf8).withUnsafeBytes { SHA256.digest($0) }
        let other = Array("two".utf8).withUnsafeBytes { SHA256.digest($0) }
        #expect(one == again)
        #expect(one.hashValue == again.hashValue)
        #expect(one != other)
    }
}
