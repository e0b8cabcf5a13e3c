import Records
import Testing

@testable import Transform

@Suite struct PaddingTests {
    @Test(arguments: [0, 1, 2, 15, 16, 17, 256])
    func paddingComesOffAsItWasPutOn(block: Int) {
        let out = OutputBuffer()
        for count in 0...300 {
            let content = [UInt8](repeating: count % 2 == 0 ? 0 : 0x80, count: count)
            content.withUnsafeBytes { Padding.pad($0, to: block, into: out) }
            if block > 0 { #expect(out.count % block == 0 && out.count > count && out.count <= count + block) }
            #expect(Padding.contentCount(of: out.bytes, block: block) == count)
            #expect(Array(out.bytes.prefix(count)) == content)
        }
    }

    @Test("The end of the content is found just where the last block's last byte that is not zero is 0x80")
    func everyEnd() {
        for block in [1, 3, 8, 12, 16, 31, 256] {
            for last in 0..<block {
                for mark in [0x80, 0x01, 0x81, 0xFF] as [UInt8] {
                    var bytes = [UInt8](repeating: 0x80, count: block) + [UInt8](repeating: 0, count: block)
                    bytes[block + last] = mark
                    let found = bytes.withUnsafeBytes { Padding.contentCount(of: $0, block: block) }
                    #expect(found == (mark == 0x80 ? block + last : nil), "block \(block), byte \(last), \(mark)")
                }
            }
            // A mark in the block before is none of this one's.
            let far = [UInt8](repeating: 0x80, count: block) + [UInt8](repeating: 0, count: block)
            #expect(far.withUnsafeBytes { Padding.contentCount(of: $0, block: block) } == nil)
        }
    }

    @Test(
        arguments: [
            [], [0, 0, 0, 0], [0x80, 0, 0, 1], [0x80, 0, 0], [1, 2, 3, 0x81], [0x80, 0, 0, 0, 0, 0, 0, 0],
        ] as [[UInt8]])
    func whatPaddingDoesNotWriteIsRefused(bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { Padding.contentCount(of: $0, block: 4) } == nil)
    }
}
