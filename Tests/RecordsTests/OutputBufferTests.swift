import Testing

@testable import Records

@Suite struct OutputBufferTests {
    @Test("It holds what a plain array would, whatever is done to it", arguments: UInt64(1)...40)
    func likeAnArray(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let buffer = OutputBuffer(capacity: Int.random(in: 0...100, using: &random))
        var model: [UInt8] = []
        for _ in 0..<400 {
            change(buffer, &model, &random)
            #expect(buffer.count == model.count)
            #expect(Array(buffer.bytes) == model)
        }
        let lower = Int.random(in: 0...model.count, using: &random)
        let upper = Int.random(in: lower...model.count, using: &random)
        #expect(Array(buffer.bytes(in: lower..<upper)) == Array(model[lower..<upper]))
    }

    private func change(_ buffer: OutputBuffer, _ model: inout [UInt8], _ random: inout SeededGenerator) {
        let bytes = random.bytes(Int.random(in: 0...90, using: &random))
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<5:
            buffer.append(bytes)
            model += bytes
        case 5..<8:
            bytes.withUnsafeBytes { buffer.append($0) }
            model += bytes
        case 8..<11:
            buffer.append(UInt8(bytes.count))
            model.append(UInt8(bytes.count))
        case 11..<13:
            buffer.append("{\"v\":1}")
            model += Array("{\"v\":1}".utf8)
        case 13..<15:
            let number = Int(truncatingIfNeeded: random.next()) >> Int.random(in: 0...63, using: &random)
            buffer.append(decimal: number)
            model += Array(String(number).utf8)
        case 15..<18:
            // More room than is used, as a sealer reserves it.
            let room = UnsafeMutableRawBufferPointer(start: buffer.reserve(bytes.count + 50), count: bytes.count)
            room.copyBytes(from: bytes)
            buffer.commit(bytes.count)
            model += bytes
        case 18:
            let kept = Int.random(in: 0...model.count, using: &random)
            buffer.truncate(to: kept)
            model = Array(model.prefix(kept))
        default:
            guard Int.random(in: 0..<4, using: &random) == 0 else { return }
            buffer.removeAll()
            model = []
        }
    }

    @Test(
        "Numbers are written in decimal",
        arguments: [0, 1, -1, 9, 10, -10, 99, 100, 4_294_967_296, Int.max, Int.min, Int.min + 1])
    func decimal(_ number: Int) {
        let buffer = OutputBuffer(capacity: 0)
        buffer.append(decimal: number)
        #expect(String(decoding: buffer.bytes, as: UTF8.self) == String(number))
    }

    @Test("Empty is not null")
    func emptyIsNotNull() {
        let buffer = OutputBuffer(capacity: 0)
        #expect(buffer.bytes.baseAddress != nil)
        #expect(buffer.bytes.count == 0)
        #expect(buffer.bytes(in: 0..<0).baseAddress != nil)
        buffer.append([])
        buffer.append(UnsafeRawBufferPointer(start: nil, count: 0))
        buffer.append("")
        #expect(buffer.count == 0)
    }

    @Test("Once it has grown it stays where it is")
    func keepsItsRoom() {
        let buffer = OutputBuffer(capacity: 64)
        buffer.append([UInt8](repeating: 1, count: 10_000))
        let place = buffer.bytes.baseAddress
        for _ in 0..<100 {
            buffer.removeAll()
            buffer.append([UInt8](repeating: 2, count: 10_000))
            #expect(buffer.bytes.baseAddress == place)
        }
    }

    @Test("A literal of one character is text like any other")
    func oneCharacter() {
        let buffer = OutputBuffer()
        buffer.append("*")
        buffer.append("é")
        #expect(Array(buffer.bytes) == Array("*é".utf8))
    }
}
