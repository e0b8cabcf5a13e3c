import Records
import SchemaRegistry
import Testing

@Suite struct ConfluentFramingTests {
    private func read(_ bytes: [UInt8]) throws -> UInt32 {
        try bytes.withUnsafeBytes { try ConfluentFraming(reading: $0).schemaID }
    }

    @Test(
        arguments: [
            ([0, 0, 0, 0, 1], 1), ([0, 0x7F, 0xFF, 0xFF, 0xFF, 9, 9], 0x7FFF_FFFF),
            ([0, 0xFF, 0xFF, 0xFF, 0xFF], 0xFFFF_FFFF), ([0, 1, 2, 3, 4], 0x0102_0304), ([0, 0, 0, 0, 0], 0),
        ] as [([UInt8], UInt32)])
    func theIDIsReadBigEndian(bytes: [UInt8], id: UInt32) throws {
        #expect(try read(bytes) == id)
    }

    @Test(arguments: [[], [1], [1, 0, 0, 0, 1], [0x7B], [0xFF, 0, 0, 0, 1, 2]] as [[UInt8]])
    func anotherFirstByteIsNotFramed(bytes: [UInt8]) {
        #expect(throws: SchemaRegistryError.notFramed) { try read(bytes) }
    }

    @Test(arguments: 1...4)
    func fewerThanFiveBytesAreTruncated(count: Int) {
        #expect(throws: SchemaRegistryError.truncatedFraming(byteCount: count)) {
            try read([UInt8](repeating: 0, count: count))
        }
    }

    @Test func whatIsWrittenReadsBack() throws {
        var generator = SystemRandomNumberGenerator()
        let output = OutputBuffer()
        for _ in 0..<1_000 {
            let id = UInt32.random(in: 0...UInt32.max, using: &generator)
            output.removeAll()
            ConfluentFraming(schemaID: id).write(to: output)
            #expect(output.count == ConfluentFraming.length)
            #expect(try ConfluentFraming(reading: output.bytes) == ConfluentFraming(schemaID: id))
        }
    }
}
