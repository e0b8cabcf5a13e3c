import Foundation
import Testing

@testable import Records

@Suite struct Base64Tests {
    @Test(
        "The examples of RFC 4648 encode and decode",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func examples(_ plain: String, _ text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
    }

    @Test("Any bytes become what Foundation makes of them, and come back", arguments: 0...200)
    func roundTrip(_ length: Int) {
        var random = SeededGenerator(seed: UInt64(length))
        for _ in 0..<10 {
            let bytes = random.bytes(length)
            let text = Base64.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(text.utf8.count == Base64.encodedCount(length))
            #expect(Base64.decode(text) == bytes)
            #expect(Base64.decodedCapacity(text.utf8.count) >= length)
        }
    }

    @Test("A text decodes only when it is the one that its bytes encode to")
    func canonicalOnly() {
        // All strings of one group or less over characters that meet every rule: letters with and without spare bits, both
        // symbols, the pad, the URL alphabet, white space, zero and a byte above ASCII.
        let characters = Array("AQRg9/+=-_ \n".utf8) + [0, 0xC3]
        for length in 1...4 {
            var counters = [Int](repeating: 0, count: length)
            repeat {
                expectCanonical(counters.map { characters[$0] })
            } while advance(&counters, below: characters.count)
        }
    }

    @Test("A wrong character is found in every place of a long text")
    func wrongCharacterAnywhere() {
        var random = SeededGenerator(seed: 11)
        for length in [30, 31, 32] {
            let text = Array(Base64.encode(random.bytes(length)).utf8)
            for place in text.indices {
                // A pad may be right at the end, where it makes another text.
                let pad = place < text.count - 2 ? [UInt8(ascii: "=")] : []
                for wrong in [UInt8(ascii: " "), 0x0A, UInt8(ascii: "-"), 0, 0x80, 0xFF] + pad {
                    var changed = text
                    changed[place] = wrong
                    #expect(decode(changed) == nil)
                }
            }
            #expect(decode(text) != nil)
        }
    }

    @Test("Two texts in a row are no text", arguments: ["Zg==Zg==", "Zm8=Zm8=", "Zg==Zm9v", "====", "Zm9v===="])
    func paddingOnlyAtTheEnd(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("Buffers without a base address are empty")
    func nullBuffers() {
        let null = UnsafeRawBufferPointer(start: nil, count: 0)
        var byte: UInt8 = 0xEE
        withUnsafeMutableBytes(of: &byte) { out in
            Base64.encode(null, into: out.baseAddress!)
            #expect(Base64.decode(null, into: out.baseAddress!) == 0)
        }
        #expect(byte == 0xEE)
        #expect(Base64.encode(null) == "")
    }

    private func expectCanonical(_ text: [UInt8]) {
        let decoded = decode(text)
        let judged = Data(base64Encoded: Data(text)).flatMap { Array($0.base64EncodedData()) == text ? $0 : nil }
        #expect(decoded == judged.map { Array($0) }, "\(text)")
    }

    /// Decodes into a buffer of just the capacity promised and checks that nothing is written behind it.
    private func decode(_ text: [UInt8]) -> [UInt8]? {
        let capacity = Base64.decodedCapacity(text.count)
        var out = [UInt8](repeating: 0xEE, count: capacity + 8)
        let count = out.withUnsafeMutableBytes { out in
            text.withUnsafeBytes { Base64.decode($0, into: out.baseAddress!) }
        }
        #expect(out.suffix(8).allSatisfy { $0 == 0xEE })
        return count.map { Array(out.prefix($0)) }
    }

    /// Counts on; false when every value has been seen.
    private func advance(_ counters: inout [Int], below limit: Int) -> Bool {
        for index in counters.indices {
            counters[index] += 1
            if counters[index] < limit { return true }
            counters[index] = 0
        }
        return false
    }
}
