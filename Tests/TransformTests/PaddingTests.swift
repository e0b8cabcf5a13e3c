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

    @Test(
        arguments: [
            [], [0, 0, 0, 0], [0x80, 0, 0, 1], [0x80, 0, 0], [1, 2, 3, 0x81], [0x80, 0, 0, 0, 0, 0, 0, 0],
        ] as [[UInt8]])
    func whatPaddingDoesNotWriteIsRefused(bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { Padding.contentCount(of: $0, block: 4) } == nil)
    }
}
