import Records
import SchemaRegistry
import Testing

@Suite struct MessageIndexTests {
    private func read(_ bytes: [UInt8]) throws -> MessageIndex {
        try bytes.withUnsafeBytes { try MessageIndex(reading: $0) }
    }

    @Test(
        arguments: [
            ([0x00, 0x0A], [0], 1), ([0x02, 0x00], [0], 2), ([0x02, 0x02, 0x0A], [1], 2),
            ([0x04, 0x02, 0x00], [1, 0], 3),
            ([0x06, 0x00, 0x04, 0x80, 0x01], [0, 2, 64], 5),
            // Longer than need be.
            ([0x80, 0x00], [0], 2), ([0x82, 0x80, 0x80, 0x00, 0x80, 0x00], [0], 6),
            ([0x02, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], [0], 11),
            ([0x02, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F], [Int32.max], 6),
        ] as [([UInt8], [Int32], Int)])
    func aPathIsReadWithItsLength(bytes: [UInt8], path: [Int32], length: Int) throws {
        let index = try read(bytes)
        #expect(index.path == path)
        #expect(index.length == length)
    }

    @Test(
        arguments: [
            [], [0x02], [0x04, 0x00], [0x80], [0x01], [0x03, 0x00], [0x02, 0x01], [0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
            [0x02, 0x80, 0x80, 0x80, 0x80, 0x10], [0x02, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
            [0x02] + [UInt8](repeating: 0x80, count: 10) + [0x00], [0xFE, 0xFF, 0xFF, 0xFF, 0x0F], [0x82, 0x01],
        ] as [[UInt8]])
    func whatIsNoPathIsRefused(bytes: [UInt8]) {
        #expect(throws: SchemaRegistryError.malformedMessageIndex) { try read(bytes) }
    }

    @Test func anyBytesAreReadOrRefused() {
        var generator = SplitMix(state: 11)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                [0, 2, 4, 0x80, 0x81, 0xFF, UInt8.random(in: 0...255, using: &generator)].randomElement(
                    using: &generator)!
            }
            guard let index = try? read(bytes) else { continue }
            #expect(index.length <= bytes.count && !index.path.isEmpty && index.path.allSatisfy { $0 >= 0 })
        }
    }
}
