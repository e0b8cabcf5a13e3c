import Records
import Testing

@testable import KeyManagement

@Suite struct Base64URLTests {
    private func encode(_ bytes: [UInt8]) -> String {
        let out = OutputBuffer()
        bytes.withUnsafeBytes { Base64URL.encode($0, to: out) }
        return String(decoding: out.bytes, as: UTF8.self)
    }

    private func decode(_ text: String) -> [UInt8]? {
        Array(text.utf8).withUnsafeBytes { Base64URL.decode($0) }?.withUnsafeBytes { [UInt8]($0) }
    }

    /// RFC 4648, section 10, without the padding; the last two hold the characters of this alphabet.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"), ("~~~", "fn5-"), ("???", "Pz8_"),
    ])
    func theTextIsTheStandards(plain: String, text: String) {
        #expect(encode(Array(plain.utf8)) == text)
        #expect(decode(text) == Array(plain.utf8))
    }

    @Test func whatIsEncodedIsDecoded() {
        var generator = SeededGenerator(seed: 20_261_124)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            #expect(decode(encode(bytes)) == bytes)
        }
    }

    @Test(arguments: ["Z", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm 9v", "Zm9v\n", "Zm9v=", "é"])
    func whatIsNotCanonicalIsRefused(text: String) {
        #expect(decode(text) == nil)
    }
}
