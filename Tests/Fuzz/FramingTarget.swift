import Records
import SchemaRegistry

@testable import Transform

/// What stands before payloads, and records as lines of text.
final class FramingTarget: FuzzTarget {
    private let out = OutputBuffer()
    private let fields = SealedHeaderFields()

    init() throws {}

    func run(_ input: UnsafeRawBufferPointer) {
        if let framing = try? ConfluentFraming(reading: input) {
            out.removeAll()
            framing.write(to: out)
            expect(input.starts(with: out.bytes), "framing is written as it was read")
        }
        if let index = try? MessageIndex(reading: input) {
            expect(index.length <= input.count && !index.path.isEmpty, "a message index ends in its payload")
        }
        for block in [1, 16, 256] {
            guard let count = Padding.contentCount(of: input, block: block) else { continue }
            out.removeAll()
            Padding.pad(input.bytes(in: 0..<count), to: block, into: out)
            expect(out.bytes.elementsEqual(input), "padding is written as it was read")
        }
        if (try? fields.begin(input)) != nil { _ = try? fields.take(UnsafeRawBufferPointer(start: nil, count: 0)) }
        readLine(input)
    }

    private func readLine(_ input: UnsafeRawBufferPointer) {
        guard let line = try? RecordLine(parsing: input) else { return }
        line.withRecord(defaultTopic: Array("topic".utf8)) { record in
            out.removeAll()
            guard (try? RecordLine.write(record, topic: line.topic ?? [], origin: line, to: out)) != nil else { return }
            let again = try? RecordLine(parsing: out.bytes)
            expect(again?.key == line.key && again?.value == line.value, "a line is written as it was read")
            expect(again?.headers == line.headers, "a line's headers are written as they were read")
        }
    }
}
